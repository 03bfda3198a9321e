"""gplearn with the paper's settings on a CSV file, one line a seed: held-out MSE (target in percent), seconds of search, nodes.

The peer of the regressor's gplearn preset (GplearnBenchmark prints the same of ours). Needs gplearn 0.4.2 in a virtual
environment. Splits are random tenths by numpy, so only the distributions can be compared, not seed with seed.

    python gplearn_peer.py FILE TARGET FEATURE,FEATURE SEEDS
"""

import csv
import sys
import time

import numpy as np
from gplearn.functions import make_function
from gplearn.genetic import SymbolicRegressor


def exponential(x):
    # Beyond this a square is no number, and gplearn's minimum would take "no number" for the least error.
    with np.errstate(over="ignore"):
        return np.exp(np.minimum(x, 300.0))


def main():
    path, target, features, seeds = sys.argv[1:5]
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    x = np.array([[float(row[name]) for name in features.split(",")] for row in rows])
    y = 100 * np.array([float(row[target]) for row in rows])
    functions = ["add", "sub", "mul", "div", "log", "sqrt", make_function(function=exponential, name="exp", arity=1), "neg"]
    for seed in range(1, int(seeds) + 1):
        order = np.random.RandomState(seed).permutation(len(y))
        held_out, training = order[: round(len(y) / 10)], order[round(len(y) / 10):]
        search = SymbolicRegressor(
            population_size=1000, generations=20, function_set=functions, metric="mse", parsimony_coefficient=0.2,
            p_crossover=0.7, p_subtree_mutation=0.1, p_hoist_mutation=0.1, p_point_mutation=0.1, random_state=seed)
        start = time.perf_counter()
        search.fit(x[training], y[training])
        seconds = time.perf_counter() - start
        error = np.mean((search.predict(x[held_out]) - y[held_out]) ** 2)
        print(f"{error:.2f} {seconds:.1f} {search._program.length_}", flush=True)


if __name__ == "__main__":
    main()

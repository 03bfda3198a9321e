"""Writes ami-reference.csv: adjusted mutual information of label pairs given as tables of counts, to 17 digits.

Run with /usr/bin/python3 (NumPy and scikit-learn): python3 ami-reference.py > ami-reference.csv

Up to 3,000 tokens, the probabilities of the expected mutual information are exact fractions; above, they are worked out
in 60 decimal digits from their neighbours' ratios. Logarithms are taken in 60 digits in both cases. Every value is
compared with scikit-learn's; the largest difference goes to standard error (2e-12 with scikit-learn 1.2.1).
"""

import sys
from decimal import Decimal as D
from decimal import getcontext
from fractions import Fraction
from math import comb

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, mutual_info_score

getcontext().prec = 60
LOGARITHMS = {}


def log(k):
    if k not in LOGARITHMS:
        LOGARITHMS[k] = D(int(k)).ln()
    return LOGARITHMS[k]


def term(n, k, a, b):
    return D(k) / D(n) * (log(n) + log(k) - log(a) - log(b)) if k else D(0)


def expected_exact(n, a, b):
    whole = comb(n, b)
    total = D(0)
    for k in range(max(0, a + b - n), min(a, b) + 1):
        p = Fraction(comb(a, k) * comb(n - a, b - k), whole)
        total += D(p.numerator) / D(p.denominator) * term(n, k, a, b)
    return total


def expected_by_ratios(n, a, b):
    least, most = max(0, a + b - n), min(a, b)
    mode = min(most, max(least, (a + 1) * (b + 1) // (n + 2)))
    weights, total = D(1), term(n, mode, a, b)
    w, k = D(1), mode
    while k < most and w > D(10) ** -45:
        w = w * (a - k) * (b - k) / ((k + 1) * (n - a - b + k + 1))
        k += 1
        weights += w
        total += w * term(n, k, a, b)
    w, k = D(1), mode
    while k > least and w > D(10) ** -45:
        w = w * k * (n - a - b + k) / ((a - k + 1) * (b - k + 1))
        k -= 1
        weights += w
        total += w * term(n, k, a, b)
    return total / weights


def measures(table):
    n = int(table.sum())
    rows, columns = [int(x) for x in table.sum(1)], [int(x) for x in table.sum(0)]
    mi = sum((term(n, int(table[i, j]), rows[i], columns[j]) for i in range(len(rows)) for j in range(len(columns))), D(0))
    expected = expected_exact if n <= 3000 else expected_by_ratios
    known = {}
    emi = D(0)
    for a in rows:
        for b in columns:
            if (a, b) not in known:
                known[a, b] = expected(n, a, b)
            emi += known[a, b]
    hu = -sum((D(a) / n * (log(a) - log(n)) for a in rows), D(0))
    hv = -sum((D(b) / n * (log(b) - log(n)) for b in columns), D(0))
    normalisers = [(hu + hv) / 2, max(hu, hv), (hu * hv).sqrt(), min(hu, hv)]
    # 0/0, where one labelling says nothing, is 0, as in scikit-learn.
    return n, mi, emi, hu, hv, [(mi - emi) / (h - emi) if h else D(0) for h in normalisers]


def tables():
    rng = np.random.default_rng(20200610)
    yield "two tokens apart", np.array([[2, 1], [1, 2]])
    yield "worse than chance", np.array([[0, 5, 5], [5, 0, 5], [5, 5, 0]])
    yield "exactly independent", np.array([[6, 12], [10, 20]])
    yield "one column", np.array([[7], [3], [90]])
    yield "identical, skewed", np.diag([990, 7, 2, 1])
    yield "one token moved", np.array([[500, 1], [0, 499]])
    yield "refinement", np.array([[20, 30, 0, 0], [0, 0, 25, 25]])
    for rows, columns, n in [(2, 2, 30), (3, 7, 100), (5, 5, 1000), (10, 10, 2000), (2, 40, 3000)]:
        p = rng.dirichlet(np.ones(rows * columns))
        yield f"random {rows} x {columns}, {n}", rng.multinomial(n, p).reshape(rows, columns)
    for clusters, n in [(30, 300), (60, 900)]:
        u = rng.integers(clusters, size=n)
        v = np.where(rng.random(n) < 0.3, u, rng.integers(clusters, size=n))
        table = np.zeros((clusters, clusters), dtype=int)
        np.add.at(table, (u, v), 1)
        yield f"{clusters} clusters, {n}", table
    conll = np.array([169578, 11128, 10025, 8297, 4593])
    for alpha in [0.05, 0.2, 0.6, 0.97]:
        m = np.full((5, 5), (1 - alpha) / 4)
        np.fill_diagonal(m, alpha)
        yield f"five labels, alpha {alpha}", np.array([rng.multinomial(c, m[i]) for i, c in enumerate(conll)])


print("name,table,n,mi,expectedMi,entropyU,entropyV,arithmetic,max,geometric,min")
worst = 0.0
for name, table in tables():
    table = table[table.sum(1) > 0][:, table.sum(0) > 0]
    n, mi, emi, hu, hv, ami = measures(table)
    u = np.repeat(np.arange(table.shape[0]), table.sum(1))
    v = np.concatenate([np.repeat(np.arange(table.shape[1]), row) for row in table])
    for method, value in zip(["arithmetic", "max", "geometric", "min"], ami):
        worst = max(worst, abs(float(value) - adjusted_mutual_info_score(u, v, average_method=method)))
    worst = max(worst, abs(float(mi) - mutual_info_score(u, v)))
    cells = "|".join(" ".join(str(int(x)) for x in row) for row in table)
    print('"%s",%s,%d,%s' % (name, cells, n, ",".join("%.17g" % float(x) for x in [mi, emi, hu, hv] + ami)))
print("largest difference to scikit-learn: %.2g" % worst, file=sys.stderr)

#!/usr/bin/env python3
"""Models trained by fastText's own library, and the vectors it gives for words, to check MTL Farm's reader of models against.

    fasttext_peer.py FOLDER     FOLDER/text: a sentence a line; FOLDER/words: a word a line; models are written beside them

Called by org.mtlfarm.benchmarks.peer.PeerCommand (README.md beside this file). Needs fastText's Python module (of the packages
fasttext, fasttext-wheel or fasttext-numpy2-wheel). Prints, as JSON, each model's file and words with their vectors.
"""
import json
import pathlib
import sys

import fasttext

# The library fills a matrix in ten blocks, a thread each: with fewer threads, the rest of it is whatever memory held.
THREADS = 10

SCRIPTS = ["straße", "naïve", "Ελλάδα", "москва", "東京都", "서울", "ภาษาไทย", "עברית", "😀🚀", "e\u0301te\u0301", "a\u200db", "ﬁn", "𝔘𝔫𝔦"]
MODELS = {
    "skipgram": dict(model="skipgram", dim=300, bucket=20_000, minn=3, maxn=6),
    "cbow": dict(model="cbow", dim=50, bucket=1_000, minn=5, maxn=5),
    "crowded": dict(model="skipgram", dim=16, bucket=7, minn=1, maxn=4),
    "words-alone": dict(model="skipgram", dim=20, minn=0, maxn=0),
    "supervised": dict(dim=30, bucket=2_000, minn=2, maxn=4),
    "supervised-words-alone": dict(dim=30, bucket=500, minn=0, maxn=0, wordNgrams=2),
}


def train(name, folder):
    settings = dict(MODELS[name], minCount=3, epoch=1, thread=THREADS, verbose=0)
    if "model" in settings:
        return fasttext.train_unsupervised(str(folder / "text"), **settings)
    return fasttext.train_supervised(str(folder / "labelled"), **settings)


def main():
    folder = pathlib.Path(sys.argv[1])
    lines = (folder / "text").read_text(encoding="utf-8").split("\n")
    # Some of the invented words occur often enough to be in the dictionaries.
    lines += [" ".join(SCRIPTS[:7])] * 5
    (folder / "text").write_text("\n".join(lines), encoding="utf-8")
    labelled = (f"__label__{len(line) % 3} {line}" for line in lines if line)
    (folder / "labelled").write_text("\n".join(labelled), encoding="utf-8")
    words = (folder / "words").read_text(encoding="utf-8").split("\n")
    invented = [a + b for a in SCRIPTS for b in SCRIPTS] + SCRIPTS + ["</s>", "a", "é", "東", "x" * 100]
    found = []
    for name in MODELS:
        model = train(name, folder)
        file = folder / (name + ".bin")
        model.save_model(str(file))
        model = fasttext.load_model(str(file))
        known = set(model.words)
        # A word known in lower case alone is MTL Farm's own rule.
        asked = [word for word in words + invented if word and (word in known or word.lower() not in known)]
        found.append({
            "file": str(file),
            "inDictionary": sum(word in known for word in set(asked)),
            "vectors": {word: [float(x) for x in model.get_word_vector(word)] for word in asked},
        })
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

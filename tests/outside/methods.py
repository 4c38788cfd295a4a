"""Counts by docs/verify.py against the crate's: every vector of tests/vectors/outcomes.json, and a whole bundle by each method.

    methods.py --audit PROGRAM --bundles FOLDER     (folders of bundles, one by each method, made by `bundle FOLDER BALLOTS PERCENT every`)
"""

import argparse
import json
import os
import subprocess
import sys

import forge

verify = forge.verify
VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors", "outcomes.json")


def vectors():
    """Names of the vectors that are counted otherwise, and how many there are."""
    with open(VECTORS, encoding="utf-8") as file:
        cases = json.load(file)
    wrong = []
    for case in cases:
        rules = verify.Rules.__new__(verify.Rules)  # a vector has the rules of the voting alone
        rules.modulus = 256
        rules.read_voting(verify.VOTING(verify.read_json(case["rules"].encode()), "rules"))
        expected = verify.read_json(case["outcome"].encode())
        verify.OUTCOME(expected, "outcome")
        seed = bytes.fromhex(case["seed"]) if "seed" in case else None
        found = verify.count(rules, [verify.read_choice(rules, bytes.fromhex(choice)) for choice in case["choices"]], seed)
        if found != expected:
            wrong.append(f"{case['name']}: {verify.difference(expected, found)}")
    counted = {json.loads(case["rules"])["method"] for case in cases}
    missing = {name for names in verify.METHODS.values() for name in names} - counted
    return wrong + [f"no vector counts by {name}" for name in sorted(missing)], len(cases)


def bundles(folder, audit):
    """What either program refuses of the bundles, and how many there are."""
    wrong, names = [], sorted(os.listdir(folder))
    for name in names:
        bundle = os.path.join(folder, name)
        report = verify.Verifier(bundle).run()
        if not report.verified():
            wrong.append(f"{name}: verify.py: {[check for check in report.checks.values() if 'failure' in check]}")
        done = subprocess.run([audit, bundle], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600, check=False)
        if done.returncode:
            wrong.append(f"{name}: veche-audit: {done.stdout.decode(errors='replace')}")
    missing = {name for names in verify.METHODS.values() for name in names} - set(names)
    return wrong + [f"no bundle is counted by {name}" for name in sorted(missing)], len(names)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audit", required=True)
    parser.add_argument("--bundles", required=True)
    options = parser.parse_args()
    failed = False
    for what, (wrong, number) in (("vectors", vectors()), ("bundles", bundles(options.bundles, options.audit))):
        failed = failed or bool(wrong) or not number
        print(f"{number} {what}, {len(wrong)} disagreements", *wrong, sep="\n  ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Compares the methods with money with pabutools: on the files of a folder, and on random instances with ties.

    python3 -m venv venv && venv/bin/pip install -r money-requirements.txt
    cargo build --release -p ballots --example spend
    venv/bin/python money.py --spend target/release/examples/spend [--data FOLDER] [--random 2000] [--seed 1] [FILE ...]

Prints a line for each method and, for each disagreement, both answers; exit 1 if there is one. Files are those that
files.sha256 pins. pabutools raises voters by one unit of currency and begins anew, thousands of times for a city: on files the
last raise is found by bisection with pabutools' own single runs, unless --steps is given; random instances go step by step.
Alike ballots of a file are one ballot with its multiplicity to pabutools. --sample counts of each file so many ballots at most,
evenly spread over it. Seconds of pabutools are processor time, without what a method before had bought already; ours are those of
the clock, which on a busy machine is more.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

from pabutools.election import Cardinality_Sat, Cost_Sat
from pabutools.election.ballot import CardinalBallot
from pabutools.election.pabulib import parse_pabulib, parse_pabulib_from_string
from pabutools.election.profile import ApprovalProfile, CardinalProfile, OrdinalProfile
from pabutools.election.satisfaction import Additive_Cardinal_Sat
from pabutools.rules import (
    BudgetAllocation,
    greedy_utilitarian_welfare,
    max_additive_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)
from pabutools.tiebreaking import TieBreakingRule

sys.setrecursionlimit(100_000)


class Spend:
    """Our program, asked line by line."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def cardinal(instance, profile, by_cost):
    """Ballots as numbers: points, marks, or Borda's points of the ballot's own length; times the cost if asked."""
    ballots = []
    for ballot in profile:
        if isinstance(profile, OrdinalProfile):
            points = {project: len(ballot) - at for at, project in enumerate(ballot)}
        elif isinstance(profile, ApprovalProfile):
            points = {project: 1 for project in ballot}
        else:
            points = dict(ballot.items())
        ballots.append(CardinalBallot({p: v * (p.cost if by_cost else 1) for p, v in points.items()}))
    return CardinalProfile(ballots, instance=instance)


def order_of(projects):
    """Ties by the order in the file, as ours are broken by registration number."""
    place = {project: at for at, project in enumerate(projects)}
    return TieBreakingRule(lambda inst, prof, project: place[project])


def last_raise(instance, profile, sat, ties):
    """What equal shares buy after the last raise: of the raises that end it by going beyond the budget, or by leaving no
    supported project that fits, the first one, supposing that more money never makes them fit again."""
    voters, budget, bought = profile.num_ballots(), instance.budget_limit, {}
    supported = {project for ballot in profile for project in ballot}

    def run(raises):
        if raises not in bought:
            instance.budget_limit = budget + voters * raises
            try:
                bought[raises] = method_of_equal_shares(instance, profile, sat_class=sat, tie_breaking=ties)
            finally:
                instance.budget_limit = budget
        return bought[raises]

    def ends(raises):
        return not instance.is_feasible(run(raises)) or instance.is_exhaustive(run(raises), available_projects=supported)

    if ends(0):
        return run(0)
    low, high = 0, 1
    while not ends(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if ends(middle) else (middle, high)
    return run(high) if instance.is_feasible(run(high)) else run(high - 1)


def theirs(method, instance, profile, ties, steps, shares):
    """What pabutools buys. `shares` keeps what equal shares alone bought of this vote, for the completions that follow."""
    by_cost = "units" not in method
    if method == "phragmen":
        return sequential_phragmen(instance, profile.as_multiprofile(), tie_breaking=ties)
    if isinstance(profile, ApprovalProfile):
        used, sat = profile, Cost_Sat if by_cost else Cardinality_Sat
    else:
        used, sat = cardinal(instance, profile, by_cost), Additive_Cardinal_Sat
    if method == "greedy":
        if not isinstance(profile, ApprovalProfile):
            used = cardinal(instance, profile, True)
        return greedy_utilitarian_welfare(instance, used.as_multiprofile(), sat_class=sat, tie_breaking=ties)
    if method == "knapsack":
        if isinstance(profile, ApprovalProfile):
            sat = Cardinality_Sat
        else:
            used = cardinal(instance, profile, False)
        return max_additive_utilitarian_welfare(instance, used.as_multiprofile(), sat_class=sat)
    used = used.as_multiprofile()
    raised = 1 if "add1" in method else None
    if (by_cost, raised, steps) not in shares:
        shares[by_cost, raised, steps] = (
            last_raise(instance, used, sat, ties) if raised and not steps
            else method_of_equal_shares(instance, used, sat_class=sat, tie_breaking=ties, voter_budget_increment=raised)
        )
    bought = shares[by_cost, raised, steps]
    if method.endswith(("add1u", "greedy")):
        bought = greedy_utilitarian_welfare(
            instance, used, sat_class=sat, tie_breaking=ties, initial_budget_allocation=BudgetAllocation(bought)
        )
    return bought


SHARES = [
    f"equal-shares{units}{end}" for units in ("", "-units") for end in ("", "-add1", "-add1u", "-greedy")
]
ALWAYS = ["greedy", "knapsack", *SHARES]


def methods(profile):
    return ALWAYS + (["phragmen"] if isinstance(profile, ApprovalProfile) else [])


def compare(spend, method, instance, profile, ties, question, shares, steps=True):
    """Whether both agree, and what each says. For the optimum the sum of scores is compared, because several sets may have it."""
    ours = spend.ask(method=method, overflow="stop" if method == "phragmen" else "skip", **question)
    if "refused" in ours:
        # So many candidates are beyond the optimum's limit, which the README names.
        is_known = method == "knapsack" and len(instance) > 100
        return None if is_known else ours["refused"], ours if is_known else None
    bought = [project.name for project in theirs(method, instance, profile, ties, steps, shares)]
    mine = ours["winners"]
    if method == "knapsack":
        names = [project.name for project in question_order(question, instance)]
        score = dict(zip(names, map(Fraction, ours["scores"])))
        mine, bought = sum(score[name] for name in mine), sum(score[name] for name in bought)
        return (None if mine == bought else f"{mine} instead of {bought}"), ours
    return (None if set(mine) == set(bought) else f"{sorted(mine)} instead of {sorted(bought)}"), ours


def question_order(question, instance):
    """Projects in the order of the file."""
    text = question["pb"] if "pb" in question else Path(question["file"]).read_text(encoding="utf-8-sig")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    start = next(at for at, line in enumerate(lines) if line.upper().rstrip(";") == "PROJECTS") + 2
    end = next(at for at, line in enumerate(lines) if line.upper().rstrip(";") == "VOTES")
    heading = [name.strip().lower() for name in lines[start - 1].split(";")]
    column = heading.index("project_id")
    found = {project.name: project for project in instance}
    return [found[line.split(";")[column].strip()] for line in lines[start:end]]


def random_instance(rng):
    """A small file; few different costs and many alike ballots, so that ties are common. Every project has a supporter."""
    kind = rng.choice(["approval", "approval", "cumulative", "ordinal"])
    count, voters = rng.randint(2, 7), rng.randint(1, 12)
    names = [f"p{at}" for at in range(count)]
    costs = [rng.choice([1, 2, 3, 4, 6, 10, 12]) for _ in names]
    budget = rng.randint(max(1, max(costs)), max(2, sum(costs)))
    ballots = [rng.sample(names, rng.randint(1, count)) for _ in range(voters)]
    for name in names:
        if not any(name in ballot for ballot in ballots):
            rng.choice(ballots).append(name)
    lines = ["META", "key;value", f"budget;{budget}", f"vote_type;{kind}", f"num_projects;{count}", f"num_votes;{voters}"]
    lines += ["PROJECTS", "project_id;cost"] + [f"{name};{cost}" for name, cost in zip(names, costs)]
    lines += ["VOTES", "voter_id;vote" + (";points" if kind == "cumulative" else "")]
    for at, ballot in enumerate(ballots):
        points = ";" + ",".join(str(rng.randint(1, 4)) for _ in ballot) if kind == "cumulative" else ""
        lines.append(f"v{at};{','.join(ballot)}{points}")
    return "\n".join(lines) + "\n"


def on_random(spend, count, seed):
    rng = random.Random(seed)
    agree, tied, wrong = {}, 0, []
    while not agree or min(agree.values()) + sum(1 for one in wrong) < count:
        text = random_instance(rng)
        instance, profile = parse_pabulib_from_string(text)
        question = {"pb": text}
        ties, shares = order_of(question_order(question, instance)), {}
        for method in methods(profile):
            fault, ours = compare(spend, method, instance, profile, ties, question, shares)
            tied += bool(ours and ours["ties"])
            if fault:
                wrong.append((method, fault, text))
            else:
                agree[method] = agree.get(method, 0) + 1
        if len(wrong) > 20:
            break
    for method in sorted(agree):
        print(f"random  {method:28} {agree[method]} agree")
    print(f"random  counts in which a tie was broken: {tied}")
    for method, fault, text in wrong:
        print(f"random  {method}: {fault}\n{text}")
    return not wrong


def asked(path, sample):
    """A file as pabutools reads it, alike ballots once, and as it is asked here; of more ballots than `sample` so many, evenly spread."""
    question = {"file": str(path)}
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    votes = next(at for at, line in enumerate(lines) if line.strip().upper().rstrip(";") == "VOTES") + 2
    count = len(lines) - votes
    if sample and count > sample:
        head = [line for line in lines[:votes] if not line.startswith("num_votes;")]
        kept = [lines[votes + at * count // sample] for at in range(sample)]
        question = {"pb": "\n".join(head + kept) + "\n"}
        instance, profile = parse_pabulib_from_string(question["pb"])
    else:
        instance, profile = parse_pabulib(str(path))
    return instance, profile, question


def on_file(spend, path, steps, wanted, sample):
    instance, profile, question = asked(path, sample)
    ties, shares, fine = order_of(question_order(question, instance)), {}, True
    for method in [method for method in methods(profile) if not wanted or method in wanted]:
        started = time.process_time()
        fault, ours = compare(spend, method, instance, profile, ties, question, shares, steps)
        if fault and "add1" in method and not steps:
            # More money may make purchases fit again; then only every single raise tells.
            fault, ours = compare(spend, method, instance, profile, ties, question, shares)
        seconds = time.process_time() - started
        quick = ours.get("seconds", 0) if ours else 0
        ratio = f"{seconds / quick:8.0f} times" if quick else ""
        name = f"{path.name}, {profile.num_ballots()} ballots"
        said = fault or ours.get("refused", "agree")
        print(f"{name:60} {method:28} {said:40} {quick:8.3f} s, pabutools {seconds:8.3f} s {ratio}", flush=True)
        fine &= not fault
    return fine


def pinned(folder, wanted):
    """The files, each of them the one that was compared before."""
    for line in Path(__file__).with_name("files.sha256").read_text(encoding="utf-8").splitlines():
        digest, name = line.split(maxsplit=1)
        if not wanted or any(part in name for part in wanted):
            path = folder / name
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                sys.exit(f"{name} is another file than the one that files.sha256 pins")
            yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spend", required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--random", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", action="store_true", help="raise by raise on files too")
    parser.add_argument("--sample", type=int, help="of each file so many ballots at most")
    parser.add_argument("--method", action="append", help="only this method on files; may be given several times")
    parser.add_argument("files", nargs="*", help="only files in whose name one of these stands")
    given = parser.parse_args()
    spend, fine = Spend(given.spend), True
    if given.random:
        fine &= on_random(spend, given.random, given.seed)
    for path in sorted(pinned(given.data, given.files), key=lambda path: path.stat().st_size) if given.data else []:
        fine &= on_file(spend, path, given.steps, given.method, given.sample)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())

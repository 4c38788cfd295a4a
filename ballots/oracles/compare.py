"""Counts random elections, textbooks' examples and cities' ranked files here and with programs of other people, and compares.

    python3 -m venv VENV && VENV/bin/pip install -r requirements.txt
    cargo build --release -p ballots --example count
    cargo install stv-rs --version 0.5.1 --locked --root STV
    VENV/bin/python compare.py --count ../../target/release/examples/count [--number 2000] [--data FOLDER]
        [--stv-rs STV/bin/stv-rs] [METHOD ...]

For each method it prints how many elections agree, and how many differ for each known reason; a difference without a known
reason is printed whole, and the exit status is then 1. The reasons are explained in ../docs/oracles.md.
"""

import argparse
import collections
import fractions
import functools
import hashlib
import itertools
import json
import math
import pathlib
import random
import subprocess
import sys
import warnings

warnings.filterwarnings("ignore")

import votelib.component.rankscore as rankscore
import votelib.component.pairwin_scorer
import votelib.convert
import votelib.evaluate.cardinal
import votelib.evaluate.condorcet
import votelib.evaluate.core
import votelib.evaluate.sequential
from abcvoting import abcrules
from abcvoting.preferences import Profile as AbcProfile
from pref_voting import grade_methods as grades
from pref_voting import iterative_methods as iterative
from pref_voting import margin_based_methods as margins
from pref_voting import other_methods as others
from pref_voting import proportional_methods as proportional
from pref_voting import scoring_methods as scoring
from pref_voting.c1_methods import copeland, top_cycle
from pref_voting.grade_profiles import GradeProfile
from pref_voting.profiles import Profile
from pref_voting.profiles_with_ties import ProfileWithTies
from pref_voting.weighted_majority_graphs import SupportGraph
from stvpoll.scottish_stv import ScottishSTV
from stvpoll.tiebreak_strategies import TiebreakHistory, TiebreakRandom

TENNESSEE = [(42, [[0], [1], [2], [3]]), (26, [[1], [2], [3], [0]]), (15, [[2], [3], [1], [0]]), (17, [[3], [2], [1], [0]])]
# M. Schulze 2011, example 1: five candidates, 45 voters.
SCHULZE = [
    (5, "acbed"), (5, "adecb"), (8, "bedac"), (3, "cabed"), (7, "caebd"), (2, "cbade"), (7, "dceba"), (8, "ebadc"),
]
# B. Grofman and S. Feld's and Wikipedia's usual circle, with a clone.
CIRCLE = [(4, "abc"), (3, "bca"), (2, "cab")]
# A. Balinski and Laraki, "Majority Judgment": nothing of theirs is copied; these marks make medians equal at several steps.
MEDIANS = [(1, [5, 3, 4]), (1, [4, 3, 3]), (1, [3, 3, 2]), (1, [2, 4, 5]), (1, [0, 1, 0]), (1, [3, 5, 3])]


def letters(ballots):
    return [(weight, [[ord(letter) - ord("a")] for letter in ranking]) for weight, ranking in ballots]


class Election:
    def __init__(self, kind, candidates, ballots, seats=1):
        self.kind, self.candidates, self.ballots, self.seats = kind, candidates, ballots, seats

    def question(self, method):
        return json.dumps({
            "method": method, "kind": self.kind, "candidates": self.candidates, "seats": self.seats,
            # The Scottish order's own first rung; the other programs have none.
            "ballots": self.ballots, "rungs": ["backwards"] * (method == "stv-scottish") + ["registration"],
        })

    def complete(self):
        strict = all(len(group) == 1 for _, groups in self.ballots for group in groups)
        return strict and all(len(groups) == self.candidates for _, groups in self.ballots)

    @functools.cached_property
    def pairs(self):
        """How many prefer the one to the other, counted by votelib."""
        # A ballot of no weight names all: the library knows only candidates that some ballot names.
        votes = self.votelib() | {tuple(range(self.candidates)): self.votelib()[tuple(range(self.candidates))]}
        counts = votelib.convert.RankedToCondorcetVotes().convert(votes)
        return {pair: counts.get(pair, 0) for pair in ((a, b) for a in range(self.candidates) for b in range(self.candidates) if a != b)}

    def graph(self):
        """The same as pref_voting reads it: a profile of many candidates would take it minutes."""
        edges = [(a, b, (count, self.pairs[b, a])) for (a, b), count in self.pairs.items() if a < b]
        return SupportGraph(list(range(self.candidates)), edges)

    def linear(self):
        rankings = collections.Counter()
        for weight, groups in self.ballots:
            rankings[tuple(group[0] for group in groups)] += weight
        return Profile([list(ranking) for ranking in rankings], list(rankings.values()))

    def tied(self):
        maps = [{at: place + 1 for place, group in enumerate(groups) for at in group} for _, groups in self.ballots]
        profile = ProfileWithTies(maps, [weight for weight, _ in self.ballots], candidates=range(self.candidates))
        profile.use_extended_strict_preference()
        return profile

    def votelib(self):
        votes = collections.Counter()
        for weight, groups in self.ballots:
            votes[tuple(group[0] if len(group) == 1 else frozenset(group) for group in groups)] += weight
        return votes

    def grades(self, top, blank_is_zero):
        maps, counts = [], []
        for weight, marks in self.ballots:
            given = dict(map(tuple, marks))
            if given:
                maps.append({at: given.get(at, 0) for at in range(self.candidates)} if blank_is_zero else given)
                counts.append(weight)
        return GradeProfile(maps, list(range(top + 1)), counts, candidates=list(range(self.candidates)))

    def naming(self):
        return sum(weight for weight, marks in self.ballots if marks)


def rankings(rng, shape, most=6):
    """Few ballots over few candidates, so that ties are common."""
    candidates = rng.randint(3, most)
    ballots = []
    for _ in range(rng.randint(1, 9)):
        order = list(range(candidates))
        rng.shuffle(order)
        if shape != "complete":
            order = order[: rng.randint(0 if shape == "equal" else 1, candidates)]
        groups = [[at] for at in order]
        if shape == "equal":
            for at in reversed(range(len(groups) - 1)):
                if rng.random() < 0.3:
                    groups[at] = sorted(groups[at] + groups.pop(at + 1))
        ballots.append((rng.randint(1, 4), groups))
    if not any(groups for _, groups in ballots):
        ballots.append((1, [[0]]))
    return Election({"ranked": {"max": candidates}}, candidates, ballots)


def marks(rng, top, blanks):
    candidates = rng.randint(2, 5)
    ballots = []
    for _ in range(rng.randint(1, 9)):
        given = [[at, rng.randint(0, top)] for at in range(candidates) if not blanks or rng.random() < 0.7]
        ballots.append((rng.randint(1, 3), given or [[0, 1]]))
    return Election({"score": {"max": top}}, candidates, ballots)


def approvals(rng, most, seats):
    candidates = rng.randint(2, 6)
    ballots = []
    for _ in range(rng.randint(1, 12)):
        count = rng.randint(1, min(most, candidates))
        ballots.append((rng.randint(1, 4), sorted(rng.sample(range(candidates), count))))
    return Election({"approval": {"max": min(most, candidates)}}, candidates, ballots, min(seats, candidates))


def points(rng):
    candidates = rng.randint(2, 5)
    ballots = []
    for _ in range(rng.randint(1, 9)):
        shares = collections.Counter(rng.randrange(candidates) for _ in range(rng.randint(1, 5)))
        ballots.append((rng.randint(1, 3), sorted(map(list, shares.items()))))
    return Election({"points": {"total": 5}}, candidates, ballots)


# Comparisons: each returns nothing when both agree, a known reason, or what the other program says.


def first(ours):
    return sorted(ours["places"][0])


def same(theirs):
    return lambda ours, theirs=theirs: None if first(ours) == sorted(theirs) else {"theirs": sorted(map(int, theirs))}


def winner_in(theirs):
    return lambda ours: None if ours["order"][0] in theirs else {"theirs": sorted(map(int, theirs))}


def exact(theirs):
    """Scores of all candidates, as fractions."""
    def check(ours):
        scores = [fractions.Fraction(score) for score in ours["scores"]]
        return None if scores == theirs else {"theirs": list(map(str, theirs))}
    return check


def positional(scorer, fixed=False):
    def oracle(election):
        votes = {ranking: weight for ranking, weight in election.votelib().items() if ranking}
        ranked = {at for ranking in votes for group in ranking for at in ([group] if isinstance(group, int) else group)}
        if fixed:
            scorer.set_n_candidates(election.candidates)
            scorer.set_n_candidates = lambda n: None
        counted = votelib.convert.RankedToPositionalVotes(scorer).convert(votes)
        if fixed:
            del scorer.set_n_candidates
        return exact([fractions.Fraction(counted[at]) if at in ranked else fractions.Fraction(0)
                      for at in range(election.candidates)])
    return oracle


class Harmonic:
    """Dowdall's points as fractions: the library has them as floats."""

    def scores(self, ranked):
        return [fractions.Fraction(1, place + 1) for place in range(ranked)]


def instant_runoff(election):
    profile = election.linear()
    return both(
        same(iterative.instant_runoff_tb(profile, tie_breaker=list(reversed(range(election.candidates))))),
        winner_in(iterative.instant_runoff_put(profile)),
    )


def short_runoff(election):
    """The library takes all that are last out at once: only elections without such a tie can be compared."""
    profile = election.tied()
    theirs = iterative.instant_runoff_for_truncated_linear_orders(profile)
    def check(ours):
        if winner_in(theirs)(ours) is None:
            return None
        return "last-out-together" if any("round" in tie for tie in ours["ties"]) else {"theirs": theirs}
    return check


def poll(election, seats, tiebreakers, **settings):
    """The count of stvpoll: rounds to five decimals, and breaks ties as this project's ladder is told to."""
    # Names begin with 1, because the library takes a candidate named 0 for none.
    candidates = list(range(1, election.candidates + 1))
    last = TiebreakRandom(tuple(candidates), shuffle=False)
    counted = ScottishSTV(seats=seats, candidates=candidates, **settings)
    counted.tiebreakers = [*tiebreakers, last]
    for ranking, weight in sorted(election.votelib().items()):
        counted.add_ballot([at + 1 for at in ranking], weight)
    counted.calculate()
    return [at - 1 for at in counted.result.elected_as_tuple()]


def runoff_by_lots(election):
    """One seat and a majority of all that rank anybody: the same as going on to the end."""
    return same(poll(election, 1, [], quota=lambda ballots, seats: ballots // 2 + 1))


def scottish_by_history(election):
    theirs = poll(election, election.seats, [TiebreakHistory()])
    def check(ours):
        if sorted(ours["winners"]) == sorted(theirs):
            return None
        if any("round" in tie for tie in ours["ties"]):
            return "ties-otherwise"
        # Its surpluses also go to those who are elected at the same stage and whose own surplus is still to be moved.
        if any(len(step["elected"]["candidates"]) > 1 for step in ours["steps"] if "elected" in step):
            return "between-elected"
        # Each paper's value is rounded at each transfer.
        papers = sum(weight for weight, _ in election.ballots)
        return "fifth-decimal" if close(ours, fractions.Fraction(papers, 100_000)) else {"theirs": sorted(map(int, theirs))}
    return check


def matrix(election):
    """Every pair: how many prefer the one to the other."""
    def check(ours):
        preferred = ours["pairwise"]["preferred"]
        wrong = [pair for pair, count in election.pairs.items() if preferred[pair[0] * election.candidates + pair[1]] != count]
        return {"pairs": wrong[:9]} if wrong else None
    return check


def order_of(scores):
    """Places by a score, the highest first."""
    places = collections.defaultdict(list)
    for at, score in scores.items():
        places[score].append(int(at))
    return [sorted(places[score]) for score in sorted(places, reverse=True)]


def every_place(scores):
    return lambda ours, theirs=order_of(scores): None if ours["places"] == theirs else {"theirs": theirs[:9]}


def copeland_places(election):
    wins = votelib.evaluate.condorcet.pairwise_wins(election.pairs)
    return every_place({at: 0 for at in range(election.candidates)} | votelib.evaluate.condorcet.Copeland.scores(wins))


def minimax_places(method):
    return lambda election: every_place(margins.minimax_scores(election.graph(), score_method=method))


def schulze_winning(election):
    theirs = votelib.evaluate.condorcet.Schulze().evaluate(election.pairs, 1)
    tied = theirs[0] if isinstance(theirs[0], votelib.evaluate.core.Tie) else {theirs[0]}
    return same(tied)


def both(*checks):
    def check(ours):
        return next((found for found in (check(ours) for check in checks) if found is not None), None)
    return check


def coombs(election):
    profile = election.linear()
    return both(
        same(iterative.coombs_tb(profile, tie_breaker=list(reversed(range(election.candidates))))),
        winner_in(iterative.coombs_put(profile)),
    )


def short_bucklin(election):
    votes = {ranking: weight for ranking, weight in election.votelib().items() if ranking}
    theirs = votelib.evaluate.sequential.PreferenceAddition(split_equal_rankings=False).evaluate(votes, 1)
    def check(ours):
        if not theirs:
            # They elect nobody where nobody reaches a majority; here the most votes win then.
            steps = [step["counted"] for step in ours["steps"] if "counted" in step]
            votes = [fractions.Fraction(vote) for vote in steps[-1]["votes"]]
            return "no-majority" if max(votes) < fractions.Fraction(steps[-1]["quota"]) else {"theirs": []}
        tied = theirs[0] if isinstance(theirs[0], votelib.evaluate.core.Tie) else {theirs[0]}
        return same(tied)(ours)
    return check


def ranked_pairs(strength):
    def oracle(election):
        profile = election.linear() if election.complete() else election.tied()
        by = {"margins": profile.margin, "winning": profile.support}[strength]
        resolved = margins.ranked_pairs_tb(profile, strength_function=by)
        # Every order of equally strong pairs is a universe; where there are too many, only the tie-breaker is compared.
        pairs = [(a, b) for a in profile.candidates for b in profile.candidates if a != b]
        equal = collections.Counter(by(a, b) for a, b in pairs if profile.margin(a, b) >= 0)
        universes = math.prod(math.factorial(count) for count in equal.values())
        parallel = margins.ranked_pairs(profile, strength_function=by) if universes <= 24 else None
        def check(ours):
            winner = ours["order"][0]
            if parallel is not None and winner not in parallel:
                return {"parallel": parallel}
            if [winner] == resolved:
                return None
            # They lock draws in, too, by the tie-breaker; here a draw is no victory.
            matrix = ours["pairwise"]["preferred"]
            size = election.candidates
            draws = any(matrix[a * size + b] == matrix[b * size + a] for a in range(size) for b in range(a))
            return "draws-locked" if draws else {"resolved": resolved}
        return check
    return oracle


def pairwise(method):
    return lambda election: same(method(election.linear() if election.complete() else election.tied()))


def schulze(strength):
    def oracle(election):
        profile = election.linear() if election.complete() else election.tied()
        by = {"margins": profile.margin, "winning": profile.support}[strength]
        return same(margins.beat_path(profile, strength_function=by))
    return oracle


def minimax_winning(election):
    profile = election.linear() if election.complete() else election.tied()
    scores = margins.minimax_scores(profile, score_method="winning")
    return same([at for at in scores if scores[at] == max(scores.values())])


def kemeny(election):
    theirs = others.kemeny_young(election.linear())
    def check(ours):
        found = next(step["optimal"]["first"] for step in ours["steps"] if "optimal" in step)
        return None if sorted(found) == sorted(theirs) else {"theirs": sorted(theirs)}
    return check


class Last:
    """In the place of lots: of those who may go out, the one that this project's ladder puts last."""

    def choice(self, tied):
        return max(tied)


def transferable(method):
    def oracle(election):
        profile = election.linear() if election.complete() else election.tied()
        theirs = method(profile, election.seats)
        def check(ours):
            if sorted(ours["winners"]) == sorted(theirs):
                return None
            if ours["ties"]:
                return "ties-otherwise"
            return "ninth-decimal" if close(ours) else {"theirs": sorted(map(int, theirs))}
        return check
    return oracle


def close(ours, little=fractions.Fraction(1, 100_000)):
    """Whether something was decided by less than this: at first, the total surplus that Meek's reference rule leaves."""
    votes, left, quota = [], set(range(len(ours["candidates"]))), 0
    for step in ours["steps"]:
        if "counted" in step:
            votes = [fractions.Fraction(vote) for vote in step["counted"]["votes"]]
            quota = fractions.Fraction(step["counted"]["quota"])
            if any(abs(votes[at] - quota) < little for at in left):
                return True
        for change in ("elected", "eliminated"):
            for at in step.get(change, {}).get("candidates", []):
                left.discard(at)
                if change == "eliminated" and any(votes[other] - votes[at] < little for other in left):
                    return True
    return False


# The program stv-rs, where there is one.
STV_RS = []


def scottish(profile, seats):
    return proportional.stv_scottish(profile, num_seats=seats, rng=Last())


def meek(profile, seats):
    return proportional.stv_meek(profile, num_seats=seats, tie_break_key=lambda at: -at)


def another_meek(election):
    """stv-rs, a program of its own: nine decimals and the same rounding, as the Reference Meek Rule has them."""
    names = [f"c{at}" for at in range(election.candidates)]
    # Of those who may go out it takes the first in its line.
    lines = [f"{election.candidates} {election.seats}", f"[nick {' '.join(names)}]", f"[tie {' '.join(reversed(names))}]"]
    for weight, groups in election.ballots:
        if groups:
            lines.append(f"{weight} {' '.join(names[group[0]] for group in groups)} 0")
    lines += ["0", *(f'"{name}"' for name in names), '"city"', ""]
    run = subprocess.run(
        [STV_RS[0], "--arithmetic", "bigfixed9", "meek", "--parallel", "no"],
        input="\n".join(lines), capture_output=True, text=True, check=True,
    )
    elected = {int(line.split(": c")[1]) for line in run.stdout.splitlines() if line.startswith("Action: Elect")}
    def check(ours):
        if set(ours["winners"]) == elected:
            return None
        return "ninth-decimal" if close(ours) else {"theirs": sorted(elected)}
    return check


def small(election):
    """What a city's short ballots say of few projects of the eight that most of them name: those that leave out one at most are
    complete, because then the place of that one is the last."""
    named = collections.Counter()
    for weight, groups in election.ballots:
        for group in groups:
            named[group[0]] += weight
    most = [at for at, _ in named.most_common(8)]
    for size in (3, 4):
        for chosen in itertools.combinations(most, size):
            ballots = collections.Counter()
            for weight, groups in election.ballots:
                order = [chosen.index(group[0]) for group in groups if group[0] in chosen]
                if len(order) >= size - 1:
                    ballots[tuple(order + [at for at in range(size) if at not in order])] += weight
            if ballots:
                groups = [(weight, [[at] for at in order]) for order, weight in sorted(ballots.items())]
                yield Election({"ranked": {"max": size}}, size, groups)


def judgement(election):
    """Two oracles: the removal of middle marks, one by one, and votelib's for the winner."""
    columns = collections.defaultdict(list)
    for weight, given in election.ballots:
        given = dict(map(tuple, given))
        for at in range(election.candidates):
            columns[at] += [given.get(at, 0)] * (weight if given else 0)
    def value(at):
        left, taken = sorted(columns[at]), []
        while left:
            taken.append(left.pop((len(left) - 1) // 2))
        return taken
    values = {at: value(at) for at in range(election.candidates)}
    best = max(values.values())
    votes = collections.Counter()
    for weight, given in election.ballots:
        given = dict(map(tuple, given))
        votes[frozenset((at, given.get(at, 0)) for at in range(election.candidates))] += weight
    try:
        theirs = votelib.evaluate.cardinal.MajorityJudgment().evaluate(votes, 1)
        theirs = theirs[0] if isinstance(theirs[0], votelib.evaluate.core.Tie) else {theirs[0]}
    except votelib.evaluate.core.VotingSystemError:
        theirs = None
    def check(ours):
        by_hand = [at for at in values if values[at] == best]
        if first(ours) != by_hand:
            return {"theirs": by_hand}
        order = sorted(values, key=lambda at: values[at], reverse=True)
        if [values[at] for at in ours["order"]] != [values[at] for at in order]:
            return {"order": order}
        if theirs is None:
            return None if len(by_hand) > 1 else {"votelib": "no cutoff"}
        if set(by_hand) == set(theirs):
            return None
        return "several-marks-at-once"
    return check


def mean(election):
    return same(grades.score_voting(election.grades(5, False), evaluation_method="mean"))


def star(election):
    theirs = grades.star(election.grades(5, True))
    return winner_in(theirs)


def approval(election):
    profile = AbcProfile(election.candidates)
    for weight, given in election.ballots:
        for _ in range(weight):
            profile.add_voter(given)
    committees = abcrules.compute_av(profile, election.seats)
    def check(ours):
        found = set(ours["winners"])
        return None if any(set(committee) == found for committee in committees) else {"theirs": str(committees)}
    return check


def choose_one(election):
    votes = collections.Counter()
    for weight, given in election.ballots:
        for at in given:
            votes[at] += weight
    rest = [at for at in range(election.candidates)]
    profile = Profile([[at] + [other for other in rest if other != at] for at in votes], list(votes.values()))
    return same(scoring.plurality(profile))


def added(election):
    votes = collections.Counter()
    for weight, given in election.ballots:
        votes[frozenset(map(tuple, given))] += weight
    sums = votelib.convert.ScoreToSimpleVotes(function="sum").convert(votes)
    return exact([fractions.Fraction(sums.get(at, 0)) for at in range(election.candidates)])


def marked(election):
    """Approvals of a whole city, one voter of abcvoting for each."""
    votes = collections.Counter()
    for weight, given in election.ballots:
        votes[frozenset(given)] += weight
    counts = votelib.convert.ApprovalToSimpleVotes().convert(votes)
    return exact([fractions.Fraction(counts.get(at, 0)) for at in range(election.candidates)])


def seats(make, low, high):
    def made(rng):
        election = make(rng)
        election.seats = rng.randint(low, min(high, election.candidates))
        return election
    return made


def complete(rng):
    return rankings(rng, "complete")


def short(rng):
    return rankings(rng, "short")


def equal(rng):
    return rankings(rng, "equal")


# Method, what is compared, how elections are made, the oracle.
COMPARED = [
    ("choose-one", "plurality, pref_voting", lambda rng: approvals(rng, 1, 1), choose_one),
    ("approval", "approval committees, abcvoting", lambda rng: approvals(rng, 6, 3), approval),
    ("points", "sums, votelib", points, added),
    ("score", "sums, votelib", lambda rng: marks(rng, 5, True), added),
    ("score-mean", "score voting by mean, pref_voting", lambda rng: marks(rng, 5, True), mean),
    ("majority-judgement", "middle marks taken out one by one; votelib", lambda rng: marks(rng, 5, True), judgement),
    ("star", "STAR in parallel universes, pref_voting", lambda rng: marks(rng, 5, True), star),
    ("borda-fixed", "Borda, pref_voting", complete, lambda election: same(scoring.borda(election.linear()))),
    ("borda-fixed", "points on short ballots, votelib", short, positional(rankscore.Borda(base=1), True)),
    ("borda", "modified Borda on short ballots, votelib", short, positional(rankscore.ModifiedBorda())),
    ("dowdall", "points on short ballots, votelib", short, positional(Harmonic())),
    ("instant-runoff", "tie-breaker and parallel universes, pref_voting", complete, instant_runoff),
    ("instant-runoff", "short ballots, pref_voting", short, short_runoff),
    ("instant-runoff", "short ballots and a tie-breaker, stvpoll", short, runoff_by_lots),
    ("instant-runoff-batches", "tie-breaker and parallel universes, pref_voting", complete,
     lambda election: winner_in(iterative.instant_runoff_put(election.linear()))),
    ("coombs", "tie-breaker and parallel universes, pref_voting", complete, coombs),
    ("bucklin", "pref_voting", complete, lambda election: same(others.bucklin(election.linear()))),
    ("bucklin", "short ballots, votelib", short, short_bucklin),
    ("copeland", "pref_voting", complete, pairwise(copeland)),
    ("copeland", "every pair of equal and short, votelib", equal, matrix),
    ("copeland", "equal places and short ballots, pref_voting", equal, pairwise(copeland)),
    ("minimax-margins", "pref_voting", equal, pairwise(margins.minimax)),
    ("minimax", "pref_voting", equal, minimax_winning),
    ("ranked-pairs", "parallel universes and tie-breaker, pref_voting", equal, ranked_pairs("margins")),
    ("ranked-pairs-winning-votes", "parallel universes and tie-breaker, pref_voting", equal, ranked_pairs("winning")),
    ("schulze-margins", "pref_voting", equal, schulze("margins")),
    ("schulze", "pref_voting", equal, schulze("winning")),
    ("kemeny", "pref_voting", complete, kemeny),
    ("stv-scottish", "pref_voting", seats(complete, 1, 4), transferable(scottish)),
    ("stv-scottish", "short ballots, pref_voting", seats(short, 1, 4), transferable(scottish)),
    ("stv-scottish", "short ballots and a tie-breaker, stvpoll", seats(short, 1, 4), scottish_by_history),
    ("stv-meek", "pref_voting", seats(complete, 1, 4), transferable(meek)),
    ("stv-meek", "short ballots, pref_voting", seats(short, 1, 4), transferable(meek)),
    ("stv-meek", "short ballots and a tie-breaker, stv-rs", seats(short, 1, 4), another_meek),
]


# Method, what is compared and the oracle, by the kind of a city's ballots: what ends in a reasonable time on any of them.
CITIES = {
    "approval": [
        ("approval", "votes of every project, votelib", marked),
        ("approval", "approval committee of three, abcvoting", approval),
    ],
    "cumulative": [("points", "sums of every project, votelib", added)],
    "ordinal": [
        ("borda-fixed", "points of every project, votelib", positional(rankscore.Borda(base=1), True)),
        ("borda", "points of every project, votelib", positional(rankscore.ModifiedBorda())),
        ("dowdall", "points of every project, votelib", positional(Harmonic())),
        ("bucklin", "winner, votelib", short_bucklin),
        ("copeland", "every pair, votelib", matrix),
        ("copeland", "every place, votelib", copeland_places),
        ("minimax-margins", "every place, pref_voting", minimax_places("margins")),
        ("minimax", "every place, pref_voting", minimax_places("winning")),
        ("ranked-pairs", "winner, pref_voting", lambda election: same(margins.ranked_pairs_tb(election.graph()))),
        ("ranked-pairs-winning-votes", "winner, pref_voting",
         lambda election: same(margins.ranked_pairs_tb(graph := election.graph(), strength_function=graph.support))),
        ("schulze-margins", "winner, pref_voting", lambda election: same(margins.beat_path(election.graph()))),
        ("schulze", "winner, votelib", schulze_winning),
        ("instant-runoff", "winner with a tie-breaker, stvpoll", runoff_by_lots),
        ("instant-runoff-batches", "winner with a tie-breaker, stvpoll", runoff_by_lots),
        ("stv-scottish", "five winners, stvpoll", scottish_by_history),
        ("stv-meek", "five winners, stv-rs", another_meek),
    ],
}


def textbook(make):
    """Examples of the textbooks, for methods that rank."""
    if make in (complete, short, equal):
        for ballots in (TENNESSEE, letters(SCHULZE), letters(CIRCLE)):
            candidates = len(ballots[0][1])
            yield Election({"ranked": {"max": candidates}}, candidates, ballots)
    elif make(random.Random(0)).kind.get("score"):
        yield Election({"score": {"max": 5}}, 3, [(w, [[at, mark] for at, mark in enumerate(m)]) for w, m in MEDIANS])


def cities(folder):
    """Votes of cities that `files.sha256` pins, read here a second time, without the project's own reader; alike ballots once."""
    pinned = pathlib.Path(__file__).with_name("files.sha256").read_text(encoding="utf-8").splitlines()
    for line in pinned:
        digest, name = line.split(maxsplit=1)
        data = (pathlib.Path(folder) / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            sys.exit(f"{name} is another file than the one that files.sha256 pins")
        section, head, projects, ballots, meta = None, None, {}, collections.Counter(), {}
        for line in data.decode("utf-8-sig").splitlines():
            fields = [field.strip() for field in line.split(";")]
            if fields[0].upper() in ("META", "PROJECTS", "VOTES") and not any(fields[1:]):
                section, head = fields[0].upper(), None
            elif head is None:
                head = [field.lower() for field in fields]
            elif section == "META":
                meta[fields[0].lower()] = fields[1]
            elif section == "PROJECTS":
                projects[fields[head.index("project_id")]] = len(projects)
            elif section == "VOTES" and any(fields):
                named = [projects[name.strip()] for name in fields[head.index("vote")].split(",") if name]
                if meta["vote_type"] == "cumulative":
                    points = [int(value) for value in fields[head.index("points")].split(",") if value]
                    named = sorted(zip(named, points, strict=True))
                ballots[tuple(named if meta["vote_type"] != "approval" else sorted(named))] += 1
        kind, count = {"choose-1": "approval"}.get(meta["vote_type"], meta["vote_type"]), len(projects)
        rules = {
            "approval": {"approval": {"max": count}},
            "cumulative": {"points": {"total": max(sum(value for _, value in ballot) for ballot in ballots)}}
            if kind == "cumulative" else None,
            "ordinal": {"ranked": {"max": count}},
        }[kind]
        group = (lambda ballot: [[at] for at in ballot]) if kind == "ordinal" else list
        groups = [(weight, group(ballot)) for ballot, weight in sorted(ballots.items())]
        yield name, kind, Election(rules, count, groups)


def ask(program, questions):
    run = subprocess.run([program], input="\n".join(questions), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def report(name, what, elections, answers, oracle):
    agree, reasons, open_ones = 0, collections.Counter(), []
    for election, ours in zip(elections, answers, strict=True):
        found = {"refused": ours["refused"]} if "refused" in ours else oracle(election)(ours)
        if found is None:
            agree += 1
        elif isinstance(found, str):
            reasons[found] += 1
        else:
            open_ones.append((election, ours, found))
    known = "".join(f", {reason} {count}" for reason, count in sorted(reasons.items()))
    print(f"{name:28} {what:52} agree {agree}{known}" + (f", OPEN {len(open_ones)}" if open_ones else ""), flush=True)
    for election, ours, found in open_ones[:2]:
        print("   ", election.question(name)[:2000], "\n    ours", ours.get("places"), ours.get("winners"), found)
    return len(open_ones)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", required=True, help="the built example `count`")
    parser.add_argument("--number", type=int, default=2000, help="random elections for each comparison")
    parser.add_argument("--data", help="folder of the Pabulib files that files.sha256 pins")
    parser.add_argument("--stv-rs", help="the program stv-rs 0.5.1; without it Meek's count is compared with pref_voting alone")
    parser.add_argument("methods", nargs="*")
    options = parser.parse_args()
    STV_RS.extend([options.stv_rs] if options.stv_rs else [])
    wanted = lambda name, oracle: (not options.methods or name in options.methods) and (STV_RS or oracle is not another_meek)
    differing = 0
    for name, what, make, oracle in COMPARED:
        if not wanted(name, oracle):
            continue
        rng = random.Random(f"{name} {what}")
        elections = list(textbook(make)) + [make(rng) for _ in range(options.number)]
        answers = ask(options.count, [election.question(name) for election in elections])
        differing += report(name, what, elections, answers, oracle)
    for file, kind, election in cities(options.data) if options.data else []:
        print(f"{file}: {kind}, {sum(weight for weight, _ in election.ballots)} ballots, {len(election.ballots)} different")
        for name, what, oracle in CITIES[kind]:
            if wanted(name, oracle):
                election.seats = {"stv-scottish": 5, "stv-meek": 5, "approval": 3}.get(name, 1)
                answers = ask(options.count, [election.question(name)])
                differing += report(name, what, [election], answers, oracle)
        if kind == "ordinal" and wanted("coombs", coombs):
            elections = list(small(election))
            answers = ask(options.count, [one.question("coombs") for one in elections])
            ballots = sum(weight for one in elections for weight, _ in one.ballots)
            what = f"three or four projects, {ballots} ballots, pref_voting"
            differing += report("coombs", what, elections, answers, coombs)
    sys.exit(differing > 0)


if __name__ == "__main__":
    main()

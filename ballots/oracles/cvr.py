"""Holds cast vote records written here against the JSON schema that NIST published with SP 1500-103.

    python3 -m venv venv && venv/bin/pip install -r cvr-requirements.txt
    cargo build --release -p ballots --example records
    venv/bin/python cvr.py --records ../../target/release/examples/records --schema SCHEMA [--data FOLDER]

SCHEMA is `NIST_V0_cast_vote_records.json` of github.com/usnistgov/CastVoteRecords at the commit below; its digest is checked.
Besides the schema, this follows each reference (`refTypes` there) to an object of a type that may stand there, and finds every
mark of a small vote of each kind in the records. Exit 1 if anything is otherwise.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from jsonschema import Draft4Validator, FormatChecker

COMMIT = "d98f2537e0524786debcbe6d8c31c96db6813042"
DIGEST = "c5214da7be54a03da4e94c08629bb5b327d07009b1abe0e2634850e208f1a624"

HEAD = "META\nkey;value\ndescription;Town\nbudget;100\nvote_type;{kind}\nPROJECTS\nproject_id;cost;name\n1;60;Park\n2;50;Square\n3;40;Lamps\n"
# For each small vote: file, and the marks that each record must have: selection, number of votes, rank.
SMALL = {
    "approval.pb": (
        HEAD.format(kind="approval") + "VOTES\nvoter_id;vote\na;1,3\nb;\nc;2\n",
        [[("selection-1", 1, None), ("selection-3", 1, None)], [], [("selection-2", 1, None)]],
    ),
    "points.pb": (
        HEAD.format(kind="cumulative") + "VOTES\nvoter_id;vote;points\na;1,3;2,5\n",
        [[("selection-1", 2, None), ("selection-3", 5, None)]],
    ),
    "score.pb": (
        HEAD.format(kind="scoring") + "VOTES\nvoter_id;vote;points\na;3,1;0,4\n",
        [[("selection-1", 4, None), ("selection-3", 0, None)]],
    ),
    "ranked.pb": (
        HEAD.format(kind="ordinal") + "VOTES\nvoter_id;vote\na;3,1\nb;2\n",
        [[("selection-3", 1, 1), ("selection-1", 1, 2)], [("selection-2", 1, 1)]],
    ),
    "equal.blt": (
        '3 1\n2 1=2 3 0\n0\n"Park"\n"Square"\n"Lamps"\n"Town"\n',
        [[("selection-1", 1, 1), ("selection-2", 1, 1), ("selection-3", 1, 2)]] * 2,
    ),
}


def references(schema, value, name, objects):
    """Faults of references: what stands where the schema names types must be the id of an object of such a type."""
    found = []
    properties = schema["definitions"][name]["properties"]
    for key, inner in value.items():
        rule = properties[key]
        rule = rule.get("items", rule)
        for one in inner if isinstance(inner, list) else [inner]:
            if "refTypes" in rule and objects.get(one) not in rule["refTypes"]:
                found.append(f"{name}.{key}: {one} is {objects.get(one)}")
            if isinstance(one, dict):
                found += references(schema, one, one["@type"], objects)
    return found


def identified(value, objects):
    """Every object's type by its id; an id that stands there twice is none."""
    if isinstance(value, dict):
        if "@id" in value:
            objects[value["@id"]] = "twice" if value["@id"] in objects else value["@type"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            identified(one, objects)
    return objects


def marks(report):
    """Marks of each record, as SMALL has them."""
    def mark(selection):
        position, = selection["SelectionPosition"]
        return selection["ContestSelectionId"], position["NumberVotes"], position.get("Rank")
    contests = [record["CVRSnapshot"][0]["CVRContest"][0] for record in report["CVR"]]
    return [[mark(selection) for selection in contest["CVRContestSelection"]] for contest in contests]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", required=True, help="the built example `records`")
    parser.add_argument("--schema", required=True, type=Path)
    parser.add_argument("--data", type=Path, help="folder of the Pabulib files that files.sha256 pins")
    given = parser.parse_args()
    text = given.schema.read_bytes()
    if hashlib.sha256(text).hexdigest() != DIGEST:
        sys.exit(f"{given.schema} is not the schema of commit {COMMIT}")
    schema = json.loads(text)
    validator, wrong = Draft4Validator(schema, format_checker=FormatChecker()), 0
    with tempfile.TemporaryDirectory() as folder:
        files = [(Path(folder) / name, expected) for name, (_, expected) in SMALL.items()]
        for path, _ in files:
            path.write_text(SMALL[path.name][0], encoding="utf-8")
        if given.data:
            pinned = Path(__file__).with_name("files.sha256").read_text(encoding="utf-8").splitlines()
            files += [(given.data / line.split(maxsplit=1)[1], None) for line in pinned]
        for path, expected in files:
            run = subprocess.run([given.records, path], capture_output=True, text=True, check=True)
            report = json.loads(run.stdout)
            count = len(report["CVR"])
            # Records are alike in form: of a city's the first thousand stand for all, because each takes a millisecond.
            report["CVR"] = report["CVR"][:1000]
            faults = [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(report)]
            faults += references(schema, report, "CVR.CastVoteRecordReport", identified(report, {}))
            if expected is not None and marks(report) != expected:
                faults.append(f"the marks are {marks(report)}")
            wrong += bool(faults)
            print(f"{path.name:60} {count:7} records  {'; '.join(faults[:3]) or 'as the schema has it'}", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

"""The table of docs/performance.md: microseconds of processor time for each ballot, by step, from collapsed stacks of the server."""

import json
import re
import sys

# The first pattern that some frame of a stack matches names its step; the order is that of the table.
STEPS = [
    ("the issuer's signature (RSA-PSS)", r"IssuerPublicKey::|rsa_verify|RSA_|bn_mul|bn_sqr|rsaz"),
    ("the ballot's signature (Ed25519, checked)", r"envelope::strict|ED25519_verify|verify_strict|x25519_ge|ge_double_scalarmult"),
    ("the acceptance's signature (Ed25519, made)", r"Acceptance::sign|SigningKey.*sign|EdwardsBasepoint"),
    ("from the urn into the log: lines, hashes, tiles", r"sweeping::|sequencing::|app::log::Writing"),
    ("urn and promises into the database", r"ballot_box::insert|promises::|segments::|casting::commit|casting::into_urn"),
    ("the database's own thread", r"sqlite3_|sqlx_sqlite|walWrite|pager_"),
    ("PostgreSQL's protocol", r"sqlx_postgres"),
    ("JSON and base64", r"serde_json|base64"),
    ("HTTP: parsing, routing, limits, answering", r"hyper|axum|tower|http_body|veche::http"),
    ("network and waking up, in the kernel", r"\[k\]|entry_SYSCALL|do_syscall|tcp_|epoll|futex|__libc_|syscall"),
    ("the executor", r"tokio|mio"),
    ("memory", r"malloc|free|realloc|memcpy|memmove|memset"),
]


def main(figures_file: str, stacks_file: str) -> None:
    with open(figures_file, encoding="utf-8") as file:
        profile = next(f for f in json.load(file)["figures"] if f["name"] == "processor time of a ballot")
    total, counts = 0, {name: 0 for name, _ in STEPS}
    counts["everything else"] = 0
    with open(stacks_file, encoding="utf-8") as file:
        for line in file:
            stack, _, count = line.rstrip().rpartition(" ")
            total += int(count)
            step = next((name for name, pattern in STEPS if re.search(pattern, stack)), "everything else")
            counts[step] += int(count)
    print("| step | µs a ballot | share |\n|---|---:|---:|")
    for name, count in counts.items():
        print(f"| {name} | {profile['value'] * count / total:.1f} | {100 * count / total:.0f}% |")
    print(f"| together | {profile['value']:.1f} | 100% |")


main(*sys.argv[1:])

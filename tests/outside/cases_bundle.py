"""Manipulations of the files around the log. SHA256SUMS is made again after each, unless it is itself what is changed, so that the
later checks must catch it."""

import json
import os

import forge


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def write(folder, name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def change(name, edit, sums=True):
    def apply(folder):
        before = read(folder, name)
        after = edit(before)
        assert before != after, name
        write(folder, name, after)
        if sums:
            forge.sums(folder)
    return apply


def remove(name, sums=True):
    def apply(folder):
        os.remove(os.path.join(folder, name))
        if sums:
            forge.sums(folder)
    return apply


def extra(name, data=b"x\n", sums=True):
    def apply(folder):
        write(folder, name, data)
        if sums:
            forge.sums(folder)
    return apply


def link(folder):
    os.rename(os.path.join(folder, "register.txt"), os.path.join(folder, "..", "register.txt"))
    os.symlink(os.path.join("..", "register.txt"), os.path.join(folder, "register.txt"))


def subfolder(folder):
    os.mkdir(os.path.join(folder, "more"))


def json_edit(edit):
    def apply(data):
        value = json.loads(data)
        edit(value)
        return forge.verify.canonical(value) + b"\n"
    return apply


def spellings(name):
    """What any file of one line of canonical JSON can become."""
    return {
        "no line end": change(name, lambda data: data[:-1]), "CRLF": change(name, lambda data: data[:-1] + b"\r\n"), "two line ends": change(name, lambda data: data + b"\n"),
        "indented": change(name, lambda data: json.dumps(json.loads(data), indent=1).encode() + b"\n"), "a space": change(name, lambda data: data.replace(b":", b": ", 1)),
        "a byte order mark": change(name, lambda data: b"\xef\xbb\xbf" + data), "cut short": change(name, lambda data: data[:100]), "empty": change(name, lambda data: b""),
        "a name twice": change(name, lambda data: data[:1] + data[1 : data.index(b",")] + b"," + data[1:]), "an unknown name": change(name, json_edit(lambda value: value.update(note=""))),
        "padded with zero bytes": change(name, lambda data: data + bytes(64)), "missing": remove(name),
    }


def keys_less(name):
    return change("keys.json", json_edit(lambda value: value.pop(name)))


def keys_flip(name):
    return change("keys.json", json_edit(lambda value: value.update({name: value[name][:4] + ("A" if value[name][4] != "A" else "B") + value[name][5:]})))


KEYS = {
    **spellings("keys.json"), **{f"{name} left out": keys_less(name) for name in ("acceptance_key", "commission", "fingerprint", "issuer_key", "log_key", "opening_key", "sealing_key")},
    **{f"another {name}": keys_flip(name) for name in ("acceptance_key", "fingerprint", "issuer_key", "log_key", "opening_key", "sealing_key")},
    "a member left out": change("keys.json", json_edit(lambda value: value["commission"].pop())), "members in another order": change("keys.json", json_edit(lambda value: value["commission"].reverse())),
}
RESULT = {
    **spellings("result.json"), "a ballot more": change("result.json", json_edit(lambda value: value.update(ballots=value["ballots"] + 1))),
    "another winner": change("result.json", json_edit(lambda value: value["winners"].reverse())), "no standings": change("result.json", json_edit(lambda value: value.update(standings=[]))),
}
SUMS = {
    "a wrong hash": change("SHA256SUMS", lambda data: data.replace(b"0", b"1", 1), sums=False), "a line less": change("SHA256SUMS", lambda data: data[data.index(b"\n") + 1 :], sums=False),
    "a line twice": change("SHA256SUMS", lambda data: data[: data.index(b"\n") + 1] + data, sums=False), "another order": change("SHA256SUMS", lambda data: b"\n".join(data.split(b"\n")[-2::-1]) + b"\n", sums=False),
    "CRLF": change("SHA256SUMS", lambda data: data.replace(b"\n", b"\r\n"), sums=False), "one space": change("SHA256SUMS", lambda data: data.replace(b"  ", b" "), sums=False),
    "an asterisk": change("SHA256SUMS", lambda data: data.replace(b"  ", b" *"), sums=False), "capital hex": change("SHA256SUMS", lambda data: data.upper(), sums=False),
    "no last line end": change("SHA256SUMS", lambda data: data[:-1], sums=False), "an empty line": change("SHA256SUMS", lambda data: data + b"\n", sums=False),
    "a path with a dot": change("SHA256SUMS", lambda data: data.replace(b"  ", b"  ./"), sums=False), "empty": change("SHA256SUMS", lambda data: b"", sums=False),
    "a comment": change("SHA256SUMS", lambda data: b"# sums\n" + data, sums=False), "its own hash": change("SHA256SUMS", lambda data: data + b"0" * 64 + b"  SHA256SUMS\n", sums=False),
    "missing": remove("SHA256SUMS", sums=False), "a file that is not there": change("SHA256SUMS", lambda data: data + b"0" * 64 + b"  zzz\n", sums=False),
    "a file above the folder": change("SHA256SUMS", lambda data: b"0" * 64 + b"  ../x\n" + data, sums=False), "no UTF-8": change("SHA256SUMS", lambda data: data + b"0" * 64 + b"  \xff\n", sums=False),
    "a file that is not listed": extra("more.txt", sums=False), "a file more, listed": extra("more.txt"), "a hidden file": extra(".more", sums=False), "a hidden file, listed": extra(".more"),
    "the README missing": remove("README.md", sums=False), "the README missing and not listed": remove("README.md"), "the README changed": change("README.md", lambda data: data + b"x", sums=False),
    "a symbolic link": link, "a folder": subfolder, "a second log, listed": extra("LOG.JSONL"),
}
FILES = {
    "no log": remove("log.jsonl"), "no checkpoint": remove("checkpoint"), "no register": remove("register.txt"), "an empty register": change("register.txt", lambda data: b""),
    "a byte of the register": change("register.txt", lambda data: data[:9] + bytes([data[9] ^ 1]) + data[10:]), "the register's last line": change("register.txt", lambda data: data[: data[:-1].rindex(b"\n") + 1]),
    "the register's last line end": change("register.txt", lambda data: data[:-1]), "a line more in the register": change("register.txt", lambda data: data + data[-67:]),
    "the register in another order": change("register.txt", lambda data: b"\n".join(data.split(b"\n")[-2::-1]) + b"\n"), "the register in capitals": change("register.txt", lambda data: data.upper()),
    "the register with CRLF": change("register.txt", lambda data: data.replace(b"\n", b"\r\n")), "an empty line in the register": change("register.txt", lambda data: data + b"\n"),
    "a line of a step to come": change("register.txt", lambda data: data + b"9 " + b"f" * 64 + b"\n"), "zero bytes after the register": change("register.txt", lambda data: data + bytes(9)),
}


def result_without_count(forgery):
    """A round annulled before its count, whose bundle has a result all the same."""
    import cases_round

    cases_round.annul(forgery, "tallied")
    forgery.files["result.json"] = b'{"winners":["t4"]}\n'


def no_result(forgery):
    forgery.files["result.json"] = None


FORGED = {"a result without a count": result_without_count, "a count without a result": no_result}

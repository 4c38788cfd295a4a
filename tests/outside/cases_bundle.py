"""Manipulations of the files around the log. SHA256SUMS is made again after each, unless it is itself what is changed, so that the
later checks must catch it."""

import io
import json
import os
import subprocess
import tarfile

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


# ---------------------------------------------------------------- archives


def archive(edit=lambda entries: entries, packed=lambda data: data, tarred=lambda data: data):
    """bundle.tar.zst beside the folder. `edit` changes [(TarInfo, data)], `tarred` the tar's bytes, `packed` those of the whole."""
    def apply(folder):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for member, data in edit([entry(f"bundle/{name}", read(folder, name)) for name in sorted(os.listdir(folder))]):
                tar.addfile(member, io.BytesIO(data))
            end = tar.offset
        ended = stream.getvalue()[:end] + bytes(1024)
        squeezed = subprocess.run(["zstd", "-qc"], input=tarred(ended), stdout=subprocess.PIPE, check=True).stdout
        write(os.path.dirname(folder), "bundle.tar.zst", packed(squeezed))
    return apply


def entry(name, data=b"", **more):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    for field, value in more.items():
        setattr(member, field, value)
    return member, data


def long_name(first):
    """An extension of GNU tar that gives the next entry its name, and the right one at that."""
    return entry("././@LongLink", first[0].name.encode() + b"\0", type=tarfile.GNUTYPE_LONGNAME)


def linked(kind, target):
    def edit(entries):
        return [(entry(member.name, type=kind, linkname=target) if member.name.endswith("register.txt") else (member, data)) for member, data in entries]
    return edit


def renamed(change):
    def edit(entries):
        return [entry(change(member.name), data) for member, data in entries]
    return edit


def huge(data):
    """The first file's header declares 8 GiB less one byte; its sum is right."""
    header = bytearray(data[:512])
    header[124:136] = b"77777777777\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + data[512:]


ARCHIVES_THAT_HOLD = {"an archive": archive(), "an archive in another order": archive(lambda entries: entries[::-1])}
ARCHIVES = {
    "cut in half": archive(packed=lambda data: data[: len(data) // 2]), "cut by one byte": archive(packed=lambda data: data[:-1]), "empty": archive(packed=lambda data: b""),
    "padded with rubbish": archive(packed=lambda data: data + b"rubbish"), "not compressed": archive(packed=lambda data: b"x" * 4096),
    "a bit of it flipped": archive(packed=lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 16]) + data[len(data) // 2 + 1 :]),
    "zeros after the end, as tar writes them": archive(tarred=lambda data: data + bytes(9 * 512)), "a byte after the end": archive(tarred=lambda data: data + b"x"), "one block of zeros": archive(tarred=lambda data: data[:-512]),
    "no end": archive(tarred=lambda data: data[:-1024]), "a second tar after the end": archive(tarred=lambda data: data + data), "a name in an extension": archive(lambda entries: [long_name(entries[0])] + entries),
    "the tar inside is cut": archive(tarred=lambda data: data[:5000]), "a huge declared size": archive(tarred=huge), "a wrong sum in a header": archive(tarred=lambda data: data[:150] + b"9" + data[151:]),
    "a symbolic link": archive(linked(tarfile.SYMTYPE, "log.jsonl")), "a symbolic link out of it": archive(linked(tarfile.SYMTYPE, "/etc/passwd")), "a hard link": archive(linked(tarfile.LNKTYPE, "bundle/log.jsonl")),
    "a device": archive(linked(tarfile.CHRTYPE, "")), "names with ..": archive(renamed(lambda name: f"bundle/../{name}")), "a name above it": archive(lambda entries: entries + [entry("../up", b"x")]),
    "an absolute name": archive(lambda entries: entries + [entry("/tmp/veche-outside-must-not-exist", b"x")]), "no folder": archive(renamed(lambda name: name[7:])), "another folder": archive(renamed(lambda name: "parcel" + name[6:])),
    "a file twice": archive(lambda entries: entries + entries[:1]), "a file more": archive(lambda entries: entries + [entry("bundle/more.txt", b"x")]), "a file less": archive(lambda entries: entries[1:]),
    "no files": archive(lambda entries: []), "a file that another one replaces": archive(lambda entries: entries + [entry(entries[3][0].name, b"{}\n")]),
    "a folder in the folder": archive(lambda entries: entries + [entry("bundle/more/x", b"x")]),
}

"""A round is pushed to a bucket of moto's and to a folder behind Python's own file server; readers of both learn what the service itself tells."""

import argparse
import functools
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import boto3
from moto.server import ThreadedMotoServer

FOR_GOOD = "public, max-age=31536000, immutable"
BUCKET, PREFIX = "readers", "town"
# The round of the demo.
SLUG = "ozersk-2027"
ENVIRONMENT = {**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}


def check(what, holds, why=""):
    if not holds:
        raise SystemExit(f"FAILED: {what} {why}")
    print(f"ok  {what}")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def run(*command, code=0):
    done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=300)
    if done.returncode != code:
        raise SystemExit(f"FAILED: {' '.join(command)}: {done.returncode}: {done.stdout.decode()[-2000:]}{done.stderr.decode()[-2000:]}")
    return done.stdout.decode()


def publish(options, data, place, *more):
    said = run(options.veche, "--json", "publish", place, "--data", data, *more)
    return json.loads(said.splitlines()[-1])["report"]


def objects(client):
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {one["Key"]: one for page in pages for one in page.get("Contents", [])}


def readers(options, folder, name, url):
    """What an auditor, a reader of the head and a monitor say of the round at this address."""
    place = f"{url}/rounds/{SLUG}"
    audited = run(options.audit, "--json", place).replace(url, "URL")
    head = json.loads(run(options.veche, "--json", "head", place).replace(url, "URL"))
    del head["read_at"]
    watched = run(options.veche, "--json", "monitor", "--once", "--state", os.path.join(folder, f"monitor-{name}"), place)
    return audited, head, [json.loads(line)["event"] for line in watched.splitlines()]


def play(options, folder):
    data = os.path.join(folder, "round")
    run(options.veche, "--json", "demo", "--to-end", "--residents", "60", "--dir", data)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    endpoint = "http://%s:%d" % moto.get_host_and_port()
    client = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET, ACL="public-read-write")
    place, to = f"s3://{BUCKET}/{PREFIX}", ("--endpoint", endpoint)

    would = publish(options, data, place, *to, "--dry-run")
    check("a dry run names the files and pushes none", len(would["pushed"]) > 20 and not objects(client))
    first = publish(options, data, place, *to)
    there = objects(client)
    check(f"{len(there)} objects are in the bucket, as the dry run said", sorted(there) == sorted(f"{PREFIX}/{name}" for name in would["pushed"]) and first["pushed"])
    head = lambda name: client.head_object(Bucket=BUCKET, Key=f"{PREFIX}/{name}")
    log = f"rounds/{SLUG}/log"
    tile = next(name for name in first["pushed"] if name.startswith(f"{log}/tile/0/"))
    wanted = {
        tile: ("application/octet-stream", FOR_GOOD),
        f"{log}/checkpoint": ("text/plain; charset=utf-8", "public, max-age=5, stale-while-revalidate=30"),
        f"{log}/vkey": ("text/plain; charset=utf-8", "public, max-age=86400"),
        f"rounds/{SLUG}/results": ("text/html; charset=utf-8", "public, max-age=30, stale-while-revalidate=300"),
        f"api/v1/rounds/{SLUG}/export/bundle": ("application/zstd", "public, max-age=30, stale-while-revalidate=300"),
        f"api/v1/rounds/{SLUG}": ("application/json", "no-cache"),
    }
    for name, (kind, caching) in wanted.items():
        found = head(name)
        check(f"{name}: {kind}, {caching}", (found["ContentType"], found["CacheControl"]) == (kind, caching), found)
    bundle = head(f"api/v1/rounds/{SLUG}/export/bundle")
    check("the bundle keeps its name", bundle["ContentDisposition"] == f'attachment; filename="{SLUG}.tar.zst"', bundle)
    newest = max((one["LastModified"], key) for key, one in there.items() if f"/{log}/" in key)[0]
    check("the head is no older than anything below its log", there[f"{PREFIX}/{log}/checkpoint"]["LastModified"] == newest)

    again = publish(options, data, place, *to)
    check("the same push again pushes nothing", again["pushed"] == [] and again["bytes"] == 0, again)
    lost = [key for key in there if "/tile/" in key][:3]
    for key in lost:
        client.delete_object(Bucket=BUCKET, Key=key)
    mended = publish(options, data, place, *to)
    check("what was lost comes back, and nothing else", sorted(f"{PREFIX}/{name}" for name in mended["pushed"]) == sorted(lost), mended)

    watching = subprocess.Popen([options.veche, "--json", "publish", place, "--data", data, *to, "--watch", "1"], env=ENVIRONMENT, stdout=subprocess.PIPE)
    watching.stdout.readline()
    client.delete_object(Bucket=BUCKET, Key=f"{PREFIX}/{log}/checkpoint")
    until = time.monotonic() + 30
    while f"{PREFIX}/{log}/checkpoint" not in objects(client):
        if time.monotonic() > until:
            raise SystemExit("FAILED: the head did not come back within 30 s of --watch 1")
        time.sleep(0.2)
    watching.terminate()
    check("--watch goes on pushing, and ends when it is told to", watching.wait(30) == 0)

    files = os.path.join(folder, "files")
    publish(options, data, files)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    from_files = readers(options, folder, "files", f"http://127.0.0.1:{server.server_port}")
    from_bucket = readers(options, folder, "bucket", f"{endpoint}/{BUCKET}/{PREFIX}")
    service = subprocess.Popen([options.veche, "--json", "serve", "--data", data, "--listen", "127.0.0.1:0"], env=ENVIRONMENT, stdout=subprocess.PIPE)
    try:
        url = json.loads(service.stdout.readline())["url"]
        urllib.request.urlopen(f"{url}/readyz", timeout=30).close()
        from_service = readers(options, folder, "service", url)
    finally:
        service.terminate()
        service.wait(30)
    for name, found in (("the folder behind Python's file server", from_files), ("the bucket", from_bucket)):
        check(f"veche-audit, veche head and veche monitor learn from {name} what the service tells", found == from_service, (found, from_service))
    check("and it is a round that verifies", len(from_service[2]) > 5, from_service)
    moto.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--veche", required=True)
    parser.add_argument("--audit", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        play(options, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

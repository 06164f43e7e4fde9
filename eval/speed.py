#!/usr/bin/env python3
"""What newsfold costs on a thousand sites of the load server: wall and CPU seconds, memory, requests and bytes.

usage: eval/speed.py [--parts feeds,pages,cluster] [--feeds 1000] [--pages 3000] [--texts 100000] [--rounds 5] [--json]

Each figure is the median of `--rounds` rounds. CPU and memory are those of the measured process (wait4); the server, ../shared/rig built as its
README says, has one core of its own.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MEASURED = [sys.executable, "-I", "-S", f"{HERE}/eval/measured.py"]


class Server:
    """The load server, on one core."""

    def __init__(self, feeds, port):
        self.base, self.feeds = f"http://127.0.0.1:{port}", feeds
        command = [ARGS.rig, "--feeds", str(feeds), "--port", str(port), "--threads", "1"]
        self.process = subprocess.Popen(["taskset", "-c", str(os.cpu_count() - 1), *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                self.urls = self.get(f"/urls.txt?n={feeds}").decode().split()
                break
            except OSError:
                time.sleep(0.1)
        else:
            sys.exit(f"speed: {command[0]} does not answer on port {port}")

    def get(self, path):
        return urllib.request.urlopen(self.base + path).read()

    def warm(self):
        """A feed is rendered at its first request; that is not what is measured."""
        for url in self.urls:
            urllib.request.urlopen(url).read()
        self.get("/admin/reset-stats")

    def counted(self):
        stats = json.loads(self.get("/stats"))
        self.get("/admin/reset-stats")
        return stats

    def stop(self):
        self.process.terminate()
        self.process.wait()


def measured(command, **more):
    """Runs a command to its end: wall s, CPU s, peak MB."""
    with tempfile.NamedTemporaryFile(dir=TMP) as report:
        start = time.time()
        subprocess.run([*MEASURED, report.name, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, **more)
        wall = time.time() - start
        cpu, peak, code = json.load(open(report.name))
    if code != 0:
        sys.exit(f"speed: {' '.join(command)} ended with {code}")
    return {"wall": wall, "cpu": cpu, "peak": peak}


def served(stats):
    """What the server counted."""
    requests = stats["feed_requests"] + stats["article_requests"] + stats["robots"]
    return {"requests": requests, "304s": stats["r304"], "connections": stats["conns"], "MB": stats["body_bytes"] / 1e6}


def configure(folder, urls, pages):
    config = f"{folder}/newsfold.toml"
    with open(config, "w") as target:
        target.write(f'state_dir = "{folder}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n')
        target.writelines(f'[[feed]]\nurl = "{url}"\nfull_text = {str(pages).lower()}\n' for url in urls)
    return config


def table(rows):
    """What was measured and its rounds, each as a row of medians."""
    for what, rounds in rows.items():
        values = {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}
        if ARGS.json:
            print(json.dumps({"what": what, **values}), flush=True)
            continue
        more = "  ".join(f"{key} {value:,.4g}" for key, value in values.items() if key not in ("wall", "cpu", "peak"))
        print(f"{what:26} {values['wall']:8.3f} {values['cpu']:8.3f} {values['peak']:8.0f}  {more}", flush=True)


def feeds():
    """First refresh, unchanged, one new entry each; without pages."""
    server, rows = Server(ARGS.feeds, ARGS.port), {}
    try:
        for _ in range(ARGS.rounds):
            server.get("/admin/reset")
            server.warm()
            with tempfile.TemporaryDirectory(dir=TMP) as folder:
                config = configure(folder, server.urls, pages=False)
                for what in ("first refresh", "unchanged", "one new entry each"):
                    if what == "one new entry each":
                        server.get(f"/admin/tick?new=1&share=1.0&n={ARGS.feeds}")
                        server.warm()
                    one = measured([BIN, "--config", config, "poll", "--all"])
                    rows.setdefault(f"{what}, {ARGS.feeds}", []).append(one | served(server.counted()))
        table(rows)
    finally:
        server.stop()


def pages():
    """Feeds with their pages: from the feed to placements committed."""
    server, rows = Server(ARGS.pages // 30, ARGS.port), {}
    try:
        server.warm()
        for _ in range(ARGS.rounds):
            with tempfile.TemporaryDirectory(dir=TMP) as folder:
                config = configure(folder, server.urls, pages=True)
                one = measured([BIN, "--config", config, "poll", "--all"])
                stats = server.counted()
                one |= {"ms CPU a page": one["cpu"] * 1e3 / (len(server.urls) * 30), **served(stats)}
                rows.setdefault(f"article pipeline, {len(server.urls) * 30}", []).append(one)
        table(rows)
    finally:
        server.stop()


def cluster():
    """The clustering tool on texts of 3 kB."""
    server = Server(1000, ARGS.port)
    try:
        with open(f"{TMP}/texts.jsonl", "wb") as target:
            target.write(server.get(f"/texts.jsonl?n={ARGS.texts}&per={max(1, ARGS.texts // 1000)}"))
    finally:
        server.stop()
    rows = {}
    for _ in range(ARGS.rounds):
        one = measured([BIN, "cluster", "--json", f"{TMP}/texts.jsonl"])
        rows.setdefault(f"cluster, {ARGS.texts} texts", []).append(one | {"texts a second": ARGS.texts / one["wall"]})
    table(rows)


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", default=os.path.join(HERE, "target", "release", "newsfold"))
    ap.add_argument("--rig", default=os.path.join(HERE, "target", "rig", "target", "release", "rig"))
    ap.add_argument("--parts", default="feeds,pages,cluster")
    ap.add_argument("--feeds", type=int, default=1000)
    ap.add_argument("--pages", type=int, default=3000)
    ap.add_argument("--texts", type=int, default=100_000)
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--port", type=int, default=8871)
    ap.add_argument("--json", action="store_true")
    ARGS = ap.parse_args()
    BIN = os.path.abspath(ARGS.bin)
    for needed, how in ((BIN, "cargo build --release"), (ARGS.rig, "build it as ../shared/rig/README.md says")):
        if not os.path.exists(needed):
            sys.exit(f"speed: {needed} is absent; this evaluation needs it: {how}")
    with tempfile.TemporaryDirectory() as TMP:
        if not ARGS.json:
            print(f"{'what':26} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}")
        for part in ARGS.parts.split(","):
            globals()[part]()

#!/usr/bin/env python3
"""What newsfold costs on a thousand sites of the load server: wall and CPU seconds, memory, requests and bytes.

usage: eval/speed.py [--parts feeds,pages,cluster,window] [--feeds 1000] [--pages 3000] [--texts 100000] [--rounds 5] [--window DIR] [--peers]
                     [--json]

Each figure is the median of `--rounds` rounds. CPU and memory are those of the measured process (wait4); the server, ../shared/rig built as its
README says, has one core of its own. The part `window` starts the daemon on a filled database and asks it (`cargo run --release --example
store_scale -- DIR 100000` fills one; not one in use: its feeds are switched off). With `--peers` others do the same in the same rounds, where they are installed: `feedparser` with
`requests`, `reader` and `trafilatura` for the Python that runs this, and newsboat. One that made no requests heeded the server's max-age.
"""
import argparse, importlib.util, json, os, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.request

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


# What a script does that uses the libraries as their manuals say: URLs in a file, what is known in another.
FEEDPARSER = """
import concurrent.futures, feedparser, pickle, requests, sys
urls, known = open(sys.argv[1]).read().split(), {}
try: known = pickle.load(open(sys.argv[2], "rb"))
except FileNotFoundError: pass
def ask(url):
    etag, entries = known.get(url, (None, set()))
    answer = requests.get(url, headers={"If-None-Match": etag} if etag else {}, timeout=30)
    if answer.status_code == 200:
        entries = entries | {entry.get("id") or entry.link for entry in feedparser.parse(answer.content).entries}
    return url, (answer.headers.get("etag"), entries)
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    pickle.dump(dict(pool.map(ask, urls)), open(sys.argv[2], "wb"))
"""
READER = """
import reader, sys
store = reader.make_reader(sys.argv[2])
for url in open(sys.argv[1]).read().split(): store.add_feed(url, exist_ok=True)
store.update_feeds(workers=16)
"""
TRAFILATURA = """
import concurrent.futures, requests, sys, trafilatura
def read(url): return len(trafilatura.extract(requests.get(url, timeout=30).text) or "")
with concurrent.futures.ProcessPoolExecutor(2) as pool: sum(pool.map(read, open(sys.argv[1]).read().split(), chunksize=16))
"""


def installed(*names):
    return all(importlib.util.find_spec(name) for name in names)


def feed_peers(urls, folder):
    """Commands of those installed that poll `urls` and remember, by name."""
    if not ARGS.peers:
        return {}
    open(f"{folder}/urls", "w").write("\n".join(urls) + "\n")
    script = lambda code, state: [sys.executable, "-c", code, f"{folder}/urls", f"{folder}/{state}"]
    newsboat = ["newsboat", "-u", f"{folder}/urls", "-c", f"{folder}/newsboat.db", "-C", "/dev/null", "-x", "reload"]
    peers = {"feedparser + requests": script(FEEDPARSER, "known") if installed("feedparser", "requests") else None,
             "reader": script(READER, "reader.db") if installed("reader") else None,
             "newsboat": newsboat if shutil.which("newsboat") else None}
    for name in [name for name, command in peers.items() if not command]:
        print(f"speed: {name} is not installed and not measured", file=sys.stderr)
    return {name: command for name, command in peers.items() if command}


def peer(rows, what, command, server, more=lambda one: {}):
    """Adds what another program takes; where it fails, that is said."""
    one = measured(command, fine=range(256))
    stats = served(server.counted())
    if one["code"]:
        print(f"speed: {what} ended with {one['code']} and is not measured", file=sys.stderr)
    else:
        rows.setdefault(what, []).append(one | more(one) | stats)


def measured(command, fine=(0,)):
    """Runs a command to its end: wall s, CPU s, peak MB."""
    with tempfile.NamedTemporaryFile(dir=TMP) as report:
        subprocess.run([*MEASURED, report.name, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        cpu, peak, code, wall = json.load(open(report.name))
    if code not in fine:
        sys.exit(f"speed: {' '.join(command)} ended with {code}")
    return {"wall": wall, "cpu": cpu, "peak": peak, "code": code}


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
            print(json.dumps({"what": what, **{key: value for key, value in values.items() if key != "code"}}), flush=True)
            continue
        more = "  ".join(f"{key} {value:,.4g}" for key, value in values.items() if key not in ("wall", "cpu", "peak", "code"))
        print(f"{what:32} {values['wall']:8.3f} {values['cpu']:8.3f} {values['peak']:8.0f}  {more}", flush=True)


def feeds():
    """First refresh, unchanged, one new entry each, all without pages; one more each with its page."""
    server, rows = Server(ARGS.feeds, ARGS.port), {}
    try:
        for _ in range(ARGS.rounds):
            server.get("/admin/reset")
            server.warm()
            with tempfile.TemporaryDirectory(dir=TMP) as folder:
                peers = feed_peers(server.urls, folder)
                for what in ("first refresh", "unchanged", "one new entry each", "one new each, with page"):
                    if what.startswith("one new"):
                        server.get(f"/admin/tick?new=1&share=1.0&n={ARGS.feeds}")
                        server.warm()
                    config = configure(folder, server.urls, pages=what.endswith("page"))
                    one = measured([BIN, "--config", config, "poll", "--all"])
                    rows.setdefault(f"{what}, {ARGS.feeds}", []).append(one | served(server.counted()))
                    for name, command in ({} if what.endswith("page") else peers).items():
                        peer(rows, f"{what}, {name}", command, server)
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
                if ARGS.peers and not installed("trafilatura", "requests"):
                    print("speed: trafilatura is not installed and not measured", file=sys.stderr)
                elif ARGS.peers:
                    articles = server.get(f"/articles.txt?n={len(server.urls) * 30}&sites={len(server.urls)}").decode()
                    open(f"{folder}/pages", "w").write(articles)
                    each = lambda one, count=len(articles.split()): {"ms CPU a page": one["cpu"] * 1e3 / count}
                    peer(rows, "fetched and read, trafilatura", [sys.executable, "-c", TRAFILATURA, f"{folder}/pages"], server, each)
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


def start(state, feeds):
    """Starts the daemon on a filled state until it says that it is ready, and ends it: wall s until then, CPU s and peak MB in all. All that
    is stored is in the window, and nothing is removed, however old; nothing is polled."""
    config, address = f"{TMP}/start.toml", f"{TMP}/notify"
    with open(config, "w") as target:
        target.write(f'state_dir = "{state}"\n[dedup]\nwindow = "3660d"\n[retention]\narticles = "36600d"\n')
        target.writelines(f'[[feed]]\nurl = "{url}"\nenabled = false\n' for url in feeds)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(address)
        told.settimeout(120)
        began = time.time()
        daemon = subprocess.Popen([BIN, "--config", config, "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  env={**os.environ, "NOTIFY_SOCKET": address})
        try:
            while b"READY=1" not in told.recv(4096):
                pass
            wall = time.time() - began
        finally:
            daemon.send_signal(signal.SIGTERM)
            _, status, usage = os.wait4(daemon.pid, 0)
            daemon.returncode = os.waitstatus_to_exitcode(status)
            os.unlink(address)
    if daemon.returncode != 0:
        sys.exit(f"speed: the daemon on {state} ended with {daemon.returncode}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}


def window():
    """Start-up with a full window, and what the commands take on it."""
    if not ARGS.window:
        print("speed: --window names no filled state; the part is not measured", file=sys.stderr)
        return
    ask = lambda *command: subprocess.run([BIN, "--state-dir", ARGS.window, *command], capture_output=True, check=True, text=True).stdout
    story = json.loads(ask("stories", "--since", "all", "--json", "--limit", "1"))
    word = max(story["title"].split(), key=len)
    feeds = [json.loads(line)["url"] for line in ask("feeds", "--json").splitlines()]
    article = ask("search", word, "--ids", "--limit", "1").strip()
    commands = [["stories", "--since", "all"], ["story", story["id"]], ["article", article], ["search", word], ["feeds"], ["status"]]
    rows = {}
    for _ in range(ARGS.rounds):
        rows.setdefault("start until ready", []).append(start(ARGS.window, feeds))
        for command in commands:
            # `status` ends with 3 where no daemon runs
            one = measured([BIN, "--state-dir", ARGS.window, *command], fine=(0, 3))
            rows.setdefault(" ".join(command), []).append(one)
    table(rows)


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", default=os.path.join(HERE, "target", "release", "newsfold"))
    ap.add_argument("--rig", default=os.path.join(HERE, "target", "rig", "target", "release", "rig"))
    ap.add_argument("--parts", default="feeds,pages,cluster,window")
    ap.add_argument("--feeds", type=int, default=1000)
    ap.add_argument("--pages", type=int, default=3000)
    ap.add_argument("--texts", type=int, default=100_000)
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--port", type=int, default=8871)
    ap.add_argument("--window", metavar="DIR", help="a filled state, for the part window")
    ap.add_argument("--peers", action="store_true", help="measure other readers beside it")
    ap.add_argument("--json", action="store_true")
    ARGS = ap.parse_args()
    BIN = os.path.abspath(ARGS.bin)
    for needed, how in ((BIN, "cargo build --release"), (ARGS.rig, "build it as ../shared/rig/README.md says")):
        if not os.path.exists(needed):
            sys.exit(f"speed: {needed} is absent; this evaluation needs it: {how}")
    with tempfile.TemporaryDirectory() as TMP:
        if not ARGS.json:
            print(f"{'what':32} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}")
        for part in ARGS.parts.split(","):
            globals()[part]()

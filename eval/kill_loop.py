#!/usr/bin/env python3
"""Kill a pass with SIGKILL at random moments while it takes in articles without end, and look each time whether anything is lost, there twice or in a wrong cluster.

usage: eval/kill_loop.py [--kills 5000] [--seed 1] [--fresh 200] [--bin target/release/newsfold]

Six outlets on loopback; every answer of a feed has new entries, every text is carried by three of them. After each kill `doctor` must be clean and what could be read before must be there;
after every --fresh kills a pass runs undisturbed, and the next begins with an empty database. Exit code 1 at the first fault.
"""
import argparse, collections, http.server, json, os, random, subprocess, sys, tempfile, threading, time

OUTLETS, CARRIERS, LATEST, NEW = 6, 3, 24, 5


class Texts:
    """Texts by number: words that no two of them share but by chance."""

    def __init__(self):
        self.lock, self.newest = threading.Lock(), LATEST

    @staticmethod
    def carriers(text):
        return [(text + n) % OUTLETS for n in range(CARRIERS)]

    @staticmethod
    def words(text, count):
        rng = random.Random(text)
        return ["".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(2, 4))) for _ in range(count)]

    def feed(self, outlet, host):
        with self.lock:
            self.newest += NEW
            newest = self.newest
        items = "".join(
            f"<item><title>{' '.join(self.words(t, 7)).capitalize()}</title><link>http://{host}/a/{t}</link><guid>http://{host}/a/{t}</guid>"
            f"<pubDate>{time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())}</pubDate></item>"
            for t in range(newest - LATEST, newest) if outlet in self.carriers(t))
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Outlet {outlet}</title><link>http://{host}/</link><description>x</description>{items}</channel></rss>'

    def page(self, text):
        words = self.words(text, 240)
        paragraphs = "".join(f"<p>{' '.join(words[n:n + 40]).capitalize()}.</p>" for n in range(0, 240, 40))
        title = " ".join(words[:7]).capitalize()
        return f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"


TEXTS = Texts()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        host = self.headers["Host"]
        if self.path == "/feed.xml":
            kind, body = "application/rss+xml", TEXTS.feed(int(host.split(":")[0].rsplit(".", 1)[1]) - 1, host)
        elif self.path.startswith("/a/"):
            kind, body = "text/html; charset=utf-8", TEXTS.page(int(self.path[3:]))
        else:
            kind, body = "text/plain", ""
        body = body.encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 256

    def handle_error(self, *_):
        pass  # Whoever is killed breaks its connections off.


class Fault(Exception):
    pass


class State:
    """One database, and what is known to be in it."""

    def __init__(self, folder, port):
        self.config, self.seen = f"{folder}/newsfold.toml", {}
        feeds = "".join(f'[[feed]]\nurl = "http://127.0.9.{n + 1}:{port}/feed.xml"\npublisher = "Outlet {n}"\n' for n in range(OUTLETS))
        with open(self.config, "w") as target:
            target.write(f'state_dir = "{folder}/state"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n{feeds}')
        self.db = f"{folder}/state/newsfold.db"

    def command(self, *args):
        return [ARGS.bin, "--config", self.config, *args]

    def run(self, *args):
        done = subprocess.run(self.command(*args), capture_output=True, text=True)
        if done.returncode:
            raise Fault(f"{args}: exit {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def look(self):
        """Compares what is there with what was there before, and with what was served. How many entries are settled."""
        entries, clusters, settled = collections.Counter(), collections.defaultdict(set), 0
        now = {}
        for line in self.run("export", "jsonl").splitlines():
            row = json.loads(line)
            entries[row["entry_url"]] += 1
            now[row["entry_url"]] = row["cluster"]
            if row["cluster"]:
                settled += 1
                clusters[row["cluster"]].add(row["entry_url"].rsplit("/", 1)[1])
        twice = [url for url, count in entries.items() if count > 1]
        lost = [url for url, cluster in self.seen.items() if url not in now or (cluster and not now[url])]
        mixed = [texts for texts in clusters.values() if len(texts) > 1]
        parted = len(clusters) - len(set().union(*clusters.values())) if clusters else 0
        if twice or lost or mixed or parted:
            raise Fault(f"twice {twice[:3]}, lost {lost[:3]}, texts in one cluster {mixed[:3]}, clusters of one text too many {parted}")
        self.seen = now
        return settled

    def kill_once(self, rng):
        """One pass, killed. Whether it was at work, as far as a reader could see just before."""
        child = subprocess.Popen(self.command("poll", "--all"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.005, ARGS.longest))
        if rng.random() < 0.3 and os.path.exists(self.db) and self.seen:
            self.look()
        running = child.poll() is None
        child.kill()
        child.wait()
        return running


def main():
    rng = random.Random(ARGS.seed)
    server = Server(("0.0.0.0", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kills = running = settled = before = 0
    began = time.time()
    while kills < ARGS.kills:
        with tempfile.TemporaryDirectory() as folder:
            state = State(folder, server.server_port)
            had = 0
            for _ in range(min(ARGS.fresh, ARGS.kills - kills)):
                running += state.kill_once(rng)
                kills += 1
                if not os.path.exists(state.db) or os.path.getsize(state.db) == 0:
                    continue
                try:
                    state.run("doctor")
                    had = state.look()
                except Fault as fault:
                    # A kill while the database is made leaves one that is not ready; nothing was in it.
                    if state.seen or not any(words in str(fault) for words in ("nothing has been polled", "is not ready", "of an earlier newsfold")):
                        raise
            state.run("poll", "--all")
            state.run("doctor", "--deep")
            settled += state.look()
            open_ = [url for url, cluster in state.seen.items() if not cluster]
            if open_:
                raise Fault(f"{len(open_)} entries are not settled after an undisturbed pass: {open_[:3]}")
        print(f"{kills} kills ({running} of a pass at work), {settled} entries taken in, {time.time() - began:.0f} s", flush=True)
    print(f"{kills} kills: none of {settled} entries lost, none twice, none in a wrong cluster; doctor clean every time")


ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--kills", type=int, default=5000)
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--fresh", type=int, default=200, help="kills until the next empty database")
ap.add_argument("--longest", type=float, default=0.5, help="seconds until the latest kill")
ap.add_argument("--bin", default=os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "target", "release", "newsfold"))
ARGS = ap.parse_args()
try:
    main()
except Fault as fault:
    sys.exit(f"kill_loop: {fault}")

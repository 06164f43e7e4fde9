#!/usr/bin/env python3
"""Kill the daemon at random moments while it has alerts to tell, and count what the receivers got.

usage: eval/alerts.py [--entries 5000] [--kills 200] [--seed 1] [--keep DIR]

A hundred feeds on loopback publish little by little between the kills, two events an entry; every text names a zeppelin, some are carried by several publishers.
What should have been told is worked out from the events and the clusters, not from the outbox. Exit code 1 where a rule's alert was not
delivered, or more than twice.
"""
import argparse, collections, email.utils, http.server, json, os, random, signal, sqlite3, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FEEDS, PORT = 100, 8977


def texts(count, rng):
    """One entry each: (feed, headline, text). A text is carried by one to four feeds."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "or", "is")]
    words = ["".join(rng.choice(syllables) for _ in range(rng.randint(2, 4))) for _ in range(4000)]
    entries = []
    while len(entries) < count:
        body = [" ".join(rng.choice(words) for _ in range(rng.randint(9, 16))).capitalize() + "." for _ in range(9)]
        body.insert(rng.randrange(9), f"The Zeppelin of {rng.choice(words).capitalize()} was seen over {rng.choice(words)}.")
        title = " ".join(rng.choice(words) for _ in range(7)).capitalize()
        carriers, credit = rng.sample(range(1, FEEDS), rng.choice([1, 1, 1, 2, 3, 4])), ""
        if rng.random() < 0.15:
            carriers, credit = [0, *carriers], "<p>Source: Publisher 0</p>"
        for feed in carriers:
            entries.append((feed, title, "".join(f"<p>{line}</p>" for line in body) + (credit if feed else "")))
    return entries[:count]


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        feed = int(self.path.strip("/") or 0)
        mine = [(n, t, b) for n, (f, t, b) in enumerate(ENTRIES[:RELEASED[0]]) if f == feed][-400:]
        tag = f'"{mine[-1][0] if mine else 0}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        items = "".join(f"<item><title>{t}</title><guid isPermaLink='false'>{n}</guid><link>http://feed{feed}.example/a/{n}</link>"
                        f"<pubDate>{email.utils.formatdate(START + n)}</pubDate><description><![CDATA[{b}]]></description></item>" for n, t, b in mine)
        page = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Feed {feed}</title>{items}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


def configure(folder):
    rules = [("zeppelins", 'on = "term"\nterms = ["zeppelin"]'), ("wide", 'on = "story"\nmin_publishers = 3'), ("copied", 'on = "copied"\npublisher = "Publisher 0"')]
    text = f'state_dir = "{folder}/state"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\nper_host = 16\n'
    for n in range(FEEDS):
        text += f'[[feed]]\nurl = "http://127.0.0.1:{PORT}/{n}"\npublisher = "Publisher {n}"\nfull_text = false\nevery = "30d"\n'
    for name, on in rules:
        text += f'[[alert]]\nname = "{name} file"\n{on}\nfile = "{folder}/{name}.file"\n'
        text += f'[[alert]]\nname = "{name} command"\n{on}\ncommand = ["/bin/sh", "-c", "cat >> {folder}/{name}.command"]\n'
    open(f"{folder}/newsfold.toml", "w").write(text)
    return [name for name, _ in rules]


def start(folder):
    log = open(f"{folder}/log", "a")
    return subprocess.Popen([BIN, "--config", f"{folder}/newsfold.toml", "run"], stderr=log, stdout=log)


def ask(folder, *words):
    return subprocess.run([BIN, "--config", f"{folder}/newsfold.toml", *words], capture_output=True, text=True)


def expected(db):
    """By rule: sets of keys of which one must have been told."""
    leads = {}
    for new, old in db.execute("SELECT printf('%016x', new), printf('%016x', old) FROM redirect"):
        leads.setdefault(new, set()).add(old)
    today = {old: new for new, olds in leads.items() for old in olds}
    names = lambda story: frozenset(leads.get(today.get(story, story), set()) | {today.get(story, story)})
    want = {"zeppelins": set(), "wide": set(), "copied": set()}
    for kind, id, data in db.execute("SELECT kind, printf('%016x', id), data FROM event WHERE data IS NOT NULL"):
        data = json.loads(data)
        if kind in ("article", "cluster", "story"):
            want["zeppelins"].add(names(data["story"]))
        elif kind == "grew" and data["from"] < 3 <= data["publishers"]:
            want["wide"].add(names(id))
    copies = db.execute("SELECT printf('%016x', p.id) FROM placed p JOIN origin g ON g.cluster = p.cluster JOIN article a ON a.seq = p.seq "
                        "JOIN publisher u ON u.id = a.publisher WHERE g.publisher = 'Publisher 0' AND u.name <> 'Publisher 0'")
    want["copied"] = {frozenset([id]) for id, in copies}
    return want


def main():
    rng = random.Random(ARGS.seed)
    folder = ARGS.keep or tempfile.mkdtemp(prefix="newsfold-alerts-")
    os.makedirs(folder, exist_ok=True)
    rules = configure(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Site)
    server.handle_error = lambda *_: None  # connections that a kill broke off
    threading.Thread(target=server.serve_forever, daemon=True).start()
    began = time.time()
    for kill in range(ARGS.kills):
        RELEASED[0] = len(ENTRIES) * (kill + 1) // (ARGS.kills + 1)
        daemon = start(folder)
        poll = subprocess.Popen([BIN, "--config", f"{folder}/newsfold.toml", "poll", "--all"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) if wait(folder, daemon) else None
        time.sleep(rng.uniform(0, ARGS.longest))
        daemon.kill()
        daemon.wait()
        if poll:
            poll.kill()
            poll.wait()
        if kill % 20 == 19:
            print(f"  {kill + 1} kills, {time.time() - began:.0f} s", file=sys.stderr, flush=True)
    RELEASED[0] = len(ENTRIES)
    daemon = start(folder)
    wait(folder, daemon)
    # A feed on which a process died twice is set aside until somebody names it.
    for _ in range(2):
        ask(folder, "poll", *[f"http://127.0.0.1:{PORT}/{n}" for n in range(FEEDS)])
    while True:
        status = json.loads(ask(folder, "status", "--json").stdout)
        if not status["pending"] and not status["daemon"]["alerts_waiting"]:
            break
        time.sleep(1)
    time.sleep(3)
    daemon.send_signal(signal.SIGTERM)
    daemon.wait(30)
    db = sqlite3.connect(f"file:{folder}/state/newsfold.db?mode=ro", uri=True)
    events, articles = db.execute("SELECT (SELECT MAX(seq) FROM event), (SELECT COUNT(*) FROM placed)").fetchone()
    want, bad = expected(db), 0
    print(f"{ARGS.kills} kills, {events} events, {articles} articles, {time.time() - began:.0f} s")
    for rule in rules:
        for sink in ("file", "command"):
            path, got = f"{folder}/{rule}.{sink}", collections.Counter()
            broken = 0
            for line in open(path) if os.path.exists(path) else []:
                try:
                    got[json.loads(line)["id"]] += 1
                except ValueError:
                    broken += 1
            name = f"{rule} {sink}"
            told = {key for key, in db.execute("SELECT key FROM alert WHERE rule = ? AND done_at IS NOT NULL", [name])}
            missing = sum(not (keys & told) for keys in want[rule])
            counts = collections.Counter(got.values())
            often = sum(n for times, n in counts.items() if times > 2)
            lost = len(told) - len(got)
            bad += missing + often + (lost != 0) + broken
            print(f"  {name:<18} due {len(want[rule]):>5}  told {len(told):>5}  once {counts[1]:>5}  twice {counts[2]:>3}  oftener {often}  missing {missing}  lost {lost}  broken lines {broken}")
    sys.exit(1 if bad else 0)


def wait(folder, daemon):
    for _ in range(600):
        if os.path.exists(f"{folder}/state/control.sock") and ask(folder, "status").returncode == 0:
            return True
        if daemon.poll() is not None:
            sys.exit(f"alerts: the daemon ended with {daemon.returncode}: {open(folder + '/log').read()[-2000:]}")
        time.sleep(0.02)
    return False


ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--bin", default=os.path.join(HERE, "target", "release", "newsfold"))
ap.add_argument("--entries", type=int, default=5_000)
ap.add_argument("--kills", type=int, default=200)
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--longest", type=float, default=1.5, help="seconds from the daemon's first answer until the latest kill")
ap.add_argument("--keep", help="work in this folder and leave it")
ARGS = ap.parse_args()
BIN = os.path.abspath(ARGS.bin)
ENTRIES, RELEASED, START = texts(ARGS.entries, random.Random(ARGS.seed)), [0], time.time() - 20_000
main()

#!/usr/bin/env python3
"""Kill the pass over the real newsroom at random moments, and compare what comes of it with an undisturbed run.

usage: eval/kills.py [--shared DIR] [--kills 20] [--seed 1] [--lang en]

Prints the entries, how many are there twice, and whether the clusters are those of the undisturbed run. Exit code 1 where they are not.
"""
import argparse, json, os, random, re, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def export(config):
    lines = subprocess.run([BIN, "--config", config, "export", "jsonl"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def groups(entries):
    found = {}
    for e in entries:
        found.setdefault(e["cluster"], set()).add(e["entry_url"])
    return {frozenset(members) for members in found.values()}


def run(folder, kills, rng):
    config = f"{folder}/newsfold.toml"
    with open(config, "w") as target:
        target.write(f'state_dir = "{folder}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n' + FEEDS)
    for _ in range(kills):
        process = subprocess.Popen([BIN, "--config", config, "poll", "--all"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=rng.uniform(0.02, ARGS.longest))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    subprocess.run([BIN, "--config", config, "poll", "--all"], stdout=subprocess.DEVNULL, check=True)
    return export(config)


ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--shared", default=os.path.join(HERE, "..", "shared"))
ap.add_argument("--bin", default=os.path.join(HERE, "target", "release", "newsfold"))
ap.add_argument("--kills", type=int, default=20)
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--lang", default="en")
ap.add_argument("--longest", type=float, default=1.0, help="seconds until the latest kill")
ARGS = ap.parse_args()
BIN, SHARED = os.path.abspath(ARGS.bin), os.path.abspath(ARGS.shared)
if not os.path.exists(f"{SHARED}/newsroom/serve.py"):
    sys.exit(f"kills: {SHARED} is absent; this evaluation needs it")
SERVE = [sys.executable, f"{SHARED}/newsroom/serve.py", f"{SHARED}/data/newsroom", "--port", "8933", "--lang", ARGS.lang]
FEEDS = subprocess.run([*SERVE, "--print-config"], capture_output=True, text=True, check=True).stdout
server = subprocess.Popen(SERVE, stdout=subprocess.PIPE, text=True)
try:
    articles = int(re.search(r"(\d+) articles", server.stdout.readline())[1])
    with tempfile.TemporaryDirectory() as clean, tempfile.TemporaryDirectory() as killed:
        want = run(clean, 0, None)
        got = run(killed, ARGS.kills, random.Random(ARGS.seed))
finally:
    server.terminate()
    server.wait()
twice = len(got) - len({e["entry_url"] for e in got})
settled = sum(e["cluster"] is not None for e in got)
same = groups(want) == groups(got)
print(f"{ARGS.kills} kills: {settled} of {articles} entries settled, {twice} twice, clusters {'the same' if same else 'DIFFERENT'} as without kills")
sys.exit(0 if same and not twice and settled == articles else 1)

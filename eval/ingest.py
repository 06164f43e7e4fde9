#!/usr/bin/env python3
"""Compare what taking in the newsroom costs on an empty database and on a full one.

usage: eval/ingest.py DATABASE [--rounds N] [--pages N] [--shared DIR] [--bin BIN]

DATABASE is the folder of a filled database (`cargo run --release --example store_scale -- DIR 1000000`); each round works on a fresh
copy of it, for what it took in once meets its copies the next time. A round is a whole `newsfold poll` of the newsroom's hours, start-up
included, on both, in turn; with --pages it is that many generated pages of the load server's sites instead, ten times as many say more of
a daemon at work than of its start. Prints CPU and wall seconds of each, and the medians' quotients: the full database's share of the empty one's speed.
"""
import argparse, os, re, shutil, statistics, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))


def poll(binary, config):
    """CPU and wall seconds of one whole poll."""
    began = time.monotonic()
    child = subprocess.Popen([binary, "--config", config, "poll"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"ingest: poll failed\n{said}")
    return used.ru_utime + used.ru_stime, time.monotonic() - began, said.strip().splitlines()[-1]


def newsroom(args):
    """The newsroom's server, its feeds as a configuration, and how many articles it has."""
    serve = [sys.executable, f"{args.shared}/newsroom/serve.py", f"{args.shared}/data/newsroom", "--port", "8933"]
    feeds = subprocess.run([*serve, "--print-config"], capture_output=True, text=True, check=True).stdout
    server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
    return server, feeds, int(re.search(r"(\d+) articles", server.stdout.readline())[1])


def generated(args):
    """The same of the load server, which has a core of its own; all is rendered once before it is measured."""
    sites, base = args.pages // 30, "http://127.0.0.1:8934"
    server = subprocess.Popen(["taskset", "-c", str(os.cpu_count() - 1), args.rig, "--feeds", str(sites), "--port", "8934", "--threads", "1"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            urls = urllib.request.urlopen(f"{base}/urls.txt?n={sites}").read().decode().split()
            break
        except OSError:
            time.sleep(0.1)
    else:
        sys.exit(f"ingest: {args.rig} does not answer")
    for url in urls:
        urllib.request.urlopen(url).read()
    return server, "".join(f'[[feed]]\nurl = "{url}"\n' for url in urls), sites * 30


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("database")
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--pages", type=int, default=0)
    ap.add_argument("--rig", default=os.path.join(HERE, "..", "target", "rig", "target", "release", "rig"))
    ap.add_argument("--shared", default=os.path.join(HERE, "..", "..", "shared"))
    ap.add_argument("--bin", default=os.path.join(HERE, "..", "target", "release", "newsfold"))
    args = ap.parse_args()
    if not os.path.exists(f"{args.shared}/newsroom/serve.py"):
        sys.exit(f"ingest: the folder of shared data is absent: {args.shared}")
    server, feeds, articles = generated(args) if args.pages else newsroom(args)
    taken = {"empty": [], "full": []}
    try:
        for _ in range(args.rounds):
            for kind, runs in taken.items():
                with tempfile.TemporaryDirectory(prefix="ingest-") as state:
                    if kind == "full":
                        shutil.copy(f"{args.database}/newsfold.db", state)
                        subprocess.run(["sync"], check=True)
                    with open(f"{state}/newsfold.toml", "w") as target:
                        target.write(f'state_dir = "{state}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n{feeds}')
                    # What the copy left the machine to do is no part of either.
                    time.sleep(5)
                    cpu, wall, said = poll(args.bin, f"{state}/newsfold.toml")
                runs.append((cpu, wall))
                print(f"{kind:5}  CPU {cpu:6.2f} s  wall {wall:6.2f} s  {said}", flush=True)
    finally:
        server.terminate()
        server.wait()
    median = lambda kind, at: statistics.median(run[at] for run in taken[kind])
    for at, what in enumerate(("CPU", "wall")):
        empty, full = median("empty", at), median("full", at)
        print(f"{what}: empty {empty:.2f} s, full {full:.2f} s, {articles} articles: {empty / full:.3f} of the speed")


if __name__ == "__main__":
    main()

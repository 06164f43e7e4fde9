#!/usr/bin/env python3
"""Compare what taking in the newsroom costs on an empty database and on a full one.

usage: eval/ingest.py DATABASE [--rounds N] [--shared DIR] [--bin BIN]

DATABASE is the folder of a filled database (`cargo run --release --example store_scale -- DIR 1000000`); each round works on a fresh
copy of it, for what it took in once meets its copies the next time. A round is a whole `newsfold poll` of the newsroom's hours, start-up
included, on both, in turn. Memory that a virtual machine touches for the first time costs it 10 µs a page, forty times as much as later, and
the copy takes what was used before: so two gigabytes are touched before each round, of both. Prints CPU and wall seconds of each, and the
medians' quotients: the full database's share of the empty one's speed.
"""
import argparse, mmap, os, re, shutil, statistics, subprocess, sys, tempfile, time

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


def touch(size):
    """Write to each 4 kB of so much memory, and give it back."""
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        for at in range(0, size, 4096):
            memory[at] = 1


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("database")
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--shared", default=os.path.join(HERE, "..", "..", "shared"))
    ap.add_argument("--bin", default=os.path.join(HERE, "..", "target", "release", "newsfold"))
    args = ap.parse_args()
    if not os.path.exists(f"{args.shared}/newsroom/serve.py"):
        sys.exit(f"ingest: the folder of shared data is absent: {args.shared}")
    serve = [sys.executable, f"{args.shared}/newsroom/serve.py", f"{args.shared}/data/newsroom", "--port", "8933"]
    feeds = subprocess.run([*serve, "--print-config"], capture_output=True, text=True, check=True).stdout
    taken = {"empty": [], "full": []}
    server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
    try:
        articles = int(re.search(r"(\d+) articles", server.stdout.readline())[1])
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
                    touch(2 << 30)
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

//! Groups a set of articles into stories and scores it: `story_eval FILE.jsonl[:flag…] [key=value…]`. With the flags `online:cross`
//! it lists the stories in several languages, with `cases` it takes each `case` of the file by itself and counts by `kind`.

use newsfold::dedup::story::*;
use newsfold::model::Id;
use serde_json::Value;
use std::collections::HashMap;

fn choose2(n: f64) -> f64 {
    n * (n - 1.0) / 2.0
}

fn score(gold: &[String], found: &[usize]) -> (f64, f64, f64, f64) {
    let (mut g, mut s, mut cells) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (a, b) in gold.iter().zip(found) {
        *g.entry(a).or_insert(0.0) += 1.0;
        *s.entry(b).or_insert(0.0) += 1.0;
        *cells.entry((a, b)).or_insert(0.0) += 1.0;
    }
    let n = gold.len() as f64;
    let both: f64 = cells.values().map(|&c| choose2(c)).sum();
    let (x, y): (f64, f64) = (g.values().map(|&c| choose2(c)).sum(), s.values().map(|&c| choose2(c)).sum());
    let expected = x * y / choose2(n);
    let ari = (both - expected) / ((x + y) / 2.0 - expected);
    let p = gold.iter().zip(found).map(|k| cells[&k] / s[&k.1]).sum::<f64>() / n;
    let r = gold.iter().zip(found).map(|k| cells[&k] / g[&k.0]).sum::<f64>() / n;
    (ari, p, r, 2.0 * p * r / (p + r))
}

fn main() {
    let mut settings = Settings::default();
    let mut prior = Background::default();
    let mut files = Vec::new();
    for arg in std::env::args().skip(1) {
        let Some((key, text)) = arg.split_once('=') else {
            files.push(arg);
            continue;
        };
        let v: f32 = text.parse().unwrap_or(0.0);
        match key {
            "terms" => settings.terms = v as usize,
            "title" => settings.title_bonus = v,
            "lead" => settings.lead_bonus = v,
            "leadn" => settings.lead = v as usize,
            "name" => settings.name_factor = v,
            "share" => settings.name_share = v,
            "numname" => settings.number_names = v > 0.0,
            "number" => settings.number_factor = v,
            "th" => settings.threshold = v,
            "near" => settings.nearest = v,
            "nshare" => settings.nearest_share = v,
            "unlike" => settings.stated_unlike = v,
            "alike" => settings.stated_alike = v,
            "enough" => settings.names_enough = v,
            "nameless" => settings.nameless = v,
            "usual" => settings.usual = v,
            "pairs" => settings.usual_pairs = v,
            "probes" => settings.probes = v as usize,
            "postings" => settings.postings = v as usize,
            "compared" => settings.compared = v as usize,
            "stories" => settings.stories = v as usize,
            "opened" => settings.opened = v as usize,
            "nodes" => settings.nodes = v as usize,
            "damp" => settings.damp = v,
            "pub" => settings.one_publisher = v,
            "bare" => settings.bare = v,
            "full" => settings.full_terms = v,
            "least" => settings.least_length = v,
            "free" => settings.free_days = v,
            "fade" => settings.fade_days = v,
            "floor" => settings.time_floor = v,
            "hfloor" => settings.headline_floor = v,
            "hgain" => settings.headline_gain = v,
            "hcap" => settings.headline_cap = v,
            "two" => settings.two_sided = v,
            "breadth" => settings.breadth = v,
            "bpow" => settings.breadth_power = v,
            "across" => settings.across_languages = v,
            "xnames" => settings.across_names = v,
            "xnear" => settings.across_nearest = v,
            "xmore" => settings.across_more = v,
            "xmean" => settings.across_mean = v,
            "xmost" => settings.across_most = v,
            "any" => settings.any_term = v,
            "nmost" => settings.names_most = v,
            "nalone" => settings.names_alone = v,
            "prior" => prior = prior.believing(v, 0.0005),
            other => panic!("{other}?"),
        }
    }
    for spec in files {
        let mut parts = spec.split(':');
        let file = parts.next().unwrap_or("");
        let flags: Vec<&str> = parts.collect();
        let Ok(text) = std::fs::read_to_string(file) else {
            println!("{file} is absent");
            continue;
        };
        let rows: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        if flags.contains(&"cases") {
            cases(&spec, &rows, &flags, &settings, &prior);
            continue;
        }
        if flags.contains(&"online") {
            online(&spec, &rows, &flags, &settings, &prior);
            continue;
        }
        batch(&spec, &rows, &flags, &settings, prior.clone());
    }
}

fn read(row: &Value, flags: &[&str], background: &Background, settings: &Settings) -> Features {
    let timed = !flags.contains(&"notime");
    let published =
        row["published"].as_str().filter(|_| timed).and_then(|p| p.parse().ok().or_else(|| format!("{p}T00:00:00Z").parse().ok()));
    let (mut title, mut text) = (row["title"].as_str().unwrap_or(""), row["text"].as_str().unwrap_or(""));
    if flags.contains(&"title") {
        text = "";
    }
    if flags.contains(&"notitle") {
        title = "";
    }
    if flags.contains(&"head") {
        text = &text[..text.floor_char_boundary(500)];
    }
    features(
        About { title, text, lang: row["lang"].as_str(), publisher: row["source"].as_str(), published_at: published, seen_at: None },
        background,
        settings,
    )
}

fn batch(name: &str, rows: &[Value], flags: &[&str], settings: &Settings, mut background: Background) {
    let gold: Vec<String> = rows.iter().map(|r| r["cluster"].as_str().map_or_else(|| r["id"].to_string(), str::to_owned)).collect();
    let all: Vec<Features> = rows.iter().map(|r| read(r, flags, &background, settings)).collect();
    for f in &all {
        background.learn(f.hashes());
    }
    let weighing = &mut Weighing::new(&background, settings);
    let vectors: Vec<Vector> = all.iter().map(|f| Vector::of_features(f, weighing)).collect();
    let alike = regroup::likenesses(&vectors, settings);
    let mut best = (0.0, 0.0, 0.0);
    let mut row = String::new();
    for k in 2..24 {
        let th = k as f32 * 0.05;
        let (ari, _, _, f) = score(&gold, &regroup::group(&vectors, &alike, th, settings));
        if ari > best.0 {
            best = (ari, f, th);
        }
        if k % 2 == 0 && k > 3 {
            row += &format!(" {:.0}", ari * 1000.0);
        }
    }
    println!("{:24} best {:.3} f {:.3} at {:.2} | by .1 from .2{row}", name.rsplit('/').next().unwrap_or(name), best.0, best.1, best.2);
}

/// One run in the order given: each row's story.
fn run(rows: &[&Value], flags: &[&str], settings: &Settings, background: &Background) -> (Vec<usize>, usize, usize) {
    let mut background = background.clone();
    let mut index = StoryIndex::new(settings.clone());
    let mut story: HashMap<Id, Id> = HashMap::new();
    let ids: Vec<Id> = rows.iter().map(|r| Id::cluster(Id::derive("test", &[&r["id"].to_string()]))).collect();
    let (mut splits, mut merges) = (0, 0);
    for (row, &cluster) in rows.iter().zip(&ids) {
        let f = read(row, flags, &background, settings);
        let placed = index.decide(&f, cluster, &background);
        for split in &placed.splits {
            splits += split.clusters.len();
            for c in &split.clusters {
                assert_eq!(story.insert(*c, split.into), Some(split.from));
            }
        }
        for merge in &placed.merged {
            merges += 1;
            story.values_mut().filter(|s| **s == merge.from).for_each(|s| *s = merge.into);
        }
        story.insert(cluster, placed.story);
        index.learn(&f, cluster, &placed, 0, &background);
        background.learn(f.hashes());
    }
    let mut names: HashMap<Id, usize> = HashMap::new();
    let found = ids
        .iter()
        .map(|c| {
            let n = names.len();
            *names.entry(story[c]).or_insert(n)
        })
        .collect();
    (found, splits, merges)
}

/// Each `case` of the rows by itself: in how many of a `kind` several events are one story, and one event is several.
fn cases(name: &str, rows: &[Value], flags: &[&str], settings: &Settings, background: &Background) {
    let mut by_case: Vec<(&str, Vec<&Value>)> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let case = row["case"].as_str().unwrap_or("");
        let slot = *at.entry(case).or_insert_with(|| {
            by_case.push((case, Vec::new()));
            by_case.len() - 1
        });
        by_case[slot].1.push(row);
    }
    let mut counts = std::collections::BTreeMap::<String, (usize, usize, usize)>::new();
    for (case, rows) in by_case {
        let (found, ..) = run(&rows, flags, settings, background);
        let mut events: HashMap<usize, Vec<&Value>> = HashMap::new();
        let mut stories: HashMap<String, Vec<usize>> = HashMap::new();
        for (row, story) in rows.iter().zip(found) {
            events.entry(story).or_default().push(&row["cluster"]);
            stories.entry(row["cluster"].to_string()).or_default().push(story);
        }
        let glued = events.values().any(|e| e.iter().any(|x| *x != e[0]));
        let torn = stories.values().any(|s| s.iter().any(|x| *x != s[0]));
        let count = counts.entry(rows[0]["kind"].as_str().unwrap_or("").to_owned()).or_default();
        *count = (count.0 + 1, count.1 + usize::from(glued), count.2 + usize::from(torn));
        if flags.contains(&"show") && glued {
            println!("glued {case}");
        }
    }
    for (kind, (all, glued, torn)) in counts {
        println!("{name:24} {kind}: {all} cases, {glued} with two events in one story, {torn} with one event in two");
    }
}

fn online(name: &str, rows: &[Value], flags: &[&str], settings: &Settings, background: &Background) {
    let gold: Vec<String> = rows.iter().map(|r| r["cluster"].as_str().map_or_else(|| r["id"].to_string(), str::to_owned)).collect();
    let refs: Vec<&Value> = rows.iter().collect();
    let started = std::time::Instant::now();
    let (first, splits, merges) = run(&refs, flags, settings, background);
    let took = started.elapsed().as_micros() as f64 / rows.len() as f64;
    let (ari, p, r, f) = score(&gold, &first);
    println!("{name:24} ARI {ari:.3} B3 {p:.3} {r:.3} {f:.3} moved {splits} merges {merges} {took:.0} us each");
    if flags.contains(&"show") {
        let mut groups: HashMap<usize, Vec<&Value>> = HashMap::new();
        rows.iter().zip(&first).for_each(|(r, &s)| groups.entry(s).or_default().push(r));
        let mut groups: Vec<Vec<&Value>> = groups.into_values().filter(|g| g.len() > 1).collect();
        let publishers = |g: &[&Value]| g.iter().map(|r| r["source"].to_string()).collect::<std::collections::HashSet<_>>().len();
        groups.sort_by_key(|g| std::cmp::Reverse((publishers(g), g.len())));
        println!("{} stories of more than one, of {} articles", groups.len(), groups.iter().map(Vec::len).sum::<usize>());
        for group in groups.iter().take(60) {
            println!("--- {}", group.len());
            let read: Vec<Features> = group.iter().map(|r| read(r, flags, background, settings)).collect();
            let weighing = &mut Weighing::new(background, settings);
            let vectors: Vec<Vector> = read.iter().map(|f| Vector::of_features(f, weighing)).collect();
            for (i, r) in group.iter().enumerate() {
                let alike = |j: usize| vectors[i].likeness(&vectors[j], settings);
                let others = || (0..group.len()).filter(|&j| j != i);
                let best = others().max_by(|&a, &b| alike(a).total_cmp(&alike(b))).unwrap_or(i);
                let shared = why_story(&read[i], &read[best], background, settings).shared;
                let shared: Vec<String> = shared.iter().map(|s| format!("{} {:.3}", s.term, s.weight)).collect();
                let mean = others().map(alike).sum::<f32>() / others().count().max(1) as f32;
                println!("  {} {mean:.2} {:.2} | {} | {} | {}", r["lang"], alike(best), r["source"], r["title"], shared.join(", "));
            }
        }
    }
    if flags.contains(&"cross") {
        let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
        first.iter().enumerate().for_each(|(r, &s)| groups.entry(s).or_default().push(r));
        let mut groups: Vec<Vec<usize>> = groups.into_values().filter(|g| g.len() > 1).collect();
        groups.sort_by_key(|g| (std::cmp::Reverse(g.len()), g[0]));
        println!("sizes {:?}", groups.iter().take(30).map(Vec::len).collect::<Vec<_>>());
        for g in groups {
            if g.iter().all(|&i| rows[i]["lang"] == rows[g[0]]["lang"]) {
                continue;
            }
            println!("=== {}", g.len());
            for i in g {
                println!("   {} {} | {}", rows[i]["lang"], rows[i]["source"], rows[i]["title"]);
            }
        }
    }
    let mut results = vec![first];
    let mut aris = Vec::new();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..flags.iter().find_map(|f| f.parse().ok()).unwrap_or(0) {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        random.shuffle(&mut order);
        let shuffled: Vec<&Value> = order.iter().map(|&i| &rows[i]).collect();
        let (found, ..) = run(&shuffled, flags, settings, background);
        let mut back = vec![0; rows.len()];
        order.iter().zip(found).for_each(|(&i, s)| back[i] = s);
        let (ari, _, _, f) = score(&gold, &back);
        aris.push((ari, f));
        results.push(back);
    }
    if aris.is_empty() {
        return;
    }
    let mut between = Vec::new();
    for (i, a) in results.iter().enumerate() {
        let a: Vec<String> = a.iter().map(usize::to_string).collect();
        between.extend(results.iter().skip(i + 1).map(|b| score(&a, b).0));
    }
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (x, y): (Vec<f64>, Vec<f64>) = aris.into_iter().unzip();
    let least = |v: &[f64]| v.iter().copied().fold(1.0, f64::min);
    println!(
        "   random orders: ARI mean {:.3} least {:.3}, F1 {:.3}; between orders mean {:.3} least {:.3}",
        mean(&x),
        least(&x),
        mean(&y),
        mean(&between),
        least(&between)
    );
}

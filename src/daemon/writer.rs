//! The writer: one thread that owns the read-write connection and the indexes. What is asked of it waits in a bounded
//! queue; who asks while that is full waits too. Placements that wait together share one commit.

use super::DaemonError;
use super::place::{Place, Placed, State};
use crate::clock::Clock;
use crate::store::{PollCommit, PollStored, StoreError};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc, oneshot, watch};

/// Jobs that may wait. A full queue makes fetchers wait, which is what bounds memory.
const QUEUE: usize = 128;
/// Jobs of one round: the wait of the first is bounded, the cost of a commit is shared.
const BATCH: usize = 64;
/// How long a round of nothing but polls waits for the next before it is committed: answers come a few each millisecond, and
/// the pages of a commit are written once however many polls changed them.
const COMPANY: Duration = Duration::from_millis(1);

type Work = Box<dyn FnOnce(&mut State) + Send>;
/// What waits for a commit, and who waits for it.
type Waiting<T, D> = (Box<T>, oneshot::Sender<Result<D, String>>);

enum Job {
    Run(Work),
    Place(Waiting<Place, Placed>),
    Poll(Waiting<PollCommit, PollStored>),
    Close,
}

/// The latest event, and who waits for the next.
#[derive(Default)]
struct News {
    last: AtomicI64,
    bell: Notify,
}

impl News {
    /// Rings where `last` is later than what was rung for.
    fn tell(&self, last: i64) {
        if self.last.fetch_max(last, Ordering::Relaxed) < last {
            self.bell.notify_one();
        }
    }
}

/// A handle to the writer thread; cheap to clone.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    last_commit_ms: Arc<AtomicU64>,
    space_low: Arc<AtomicBool>,
    news: Arc<News>,
    alive: watch::Receiver<bool>,
}

impl Writer {
    /// Starts the thread on `state`.
    ///
    /// # Errors
    /// Where the thread cannot be started.
    pub fn start(state: State, clock: Clock) -> Result<Self, DaemonError> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (living, alive) = watch::channel(true);
        let last_commit_ms = Arc::new(AtomicU64::new(0));
        let space_low = Arc::new(AtomicBool::new(state.store.space_low()));
        let news = Arc::new(News::default());
        let (commit_ms, low, told) = (Arc::clone(&last_commit_ms), Arc::clone(&space_low), Arc::clone(&news));
        std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || {
                // Dropped when the thread ends in any way, a panic included: `died` sees it.
                let _living = living;
                serve(state, queue, &commit_ms, (&low, &told), &clock);
            })
            .map_err(|e| DaemonError::Start(format!("the writer thread does not start: {e}")))?;
        Ok(Self { jobs, last_commit_ms, space_low, news, alive })
    }

    /// Runs `work` on the writer thread.
    ///
    /// # Errors
    /// What `work` returns, and where the writer is gone.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut State) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, DaemonError> {
        let (reply, answer) = oneshot::channel();
        // Whoever asked may be gone by then, and needs no answer.
        let job = Job::Run(Box::new(move |state| drop(reply.send(work(state)))));
        self.jobs.send(job).await.map_err(|_| gone())?;
        Ok(answer.await.map_err(|_| gone())??)
    }

    /// Places one article: returns when it is committed.
    ///
    /// # Errors
    /// Where the commit failed, and where the writer is gone.
    pub async fn place(&self, place: Place) -> Result<Placed, DaemonError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Place((Box::new(place), reply))).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?.map_err(DaemonError::Writer)
    }

    /// Commit A of one poll: returns when it is committed.
    ///
    /// # Errors
    /// Where the commit failed, and where the writer is gone.
    pub async fn poll(&self, poll: PollCommit) -> Result<PollStored, DaemonError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Poll((Box::new(poll), reply))).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?.map_err(DaemonError::Writer)
    }

    /// Answers when the thread has worked off what was asked before.
    ///
    /// # Errors
    /// Where the writer is gone.
    pub async fn ping(&self) -> Result<(), DaemonError> {
        self.with(|_| Ok(())).await
    }

    /// Entries that are not settled, and articles in the indexes.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sizes(&self) -> Result<(u64, u64), DaemonError> {
        self.with(|state| Ok((state.store.pending_left()?.0, state.indexed() as u64))).await
    }

    /// Jobs that wait.
    pub fn queued(&self) -> u64 {
        (QUEUE - self.jobs.capacity()) as u64
    }

    /// How long the last commit of placements took.
    pub fn last_commit_ms(&self) -> u64 {
        self.last_commit_ms.load(Ordering::Relaxed)
    }

    /// The number of the latest event that is committed.
    pub fn last_event(&self) -> i64 {
        self.news.last.load(Ordering::Relaxed)
    }

    /// Returns when there was an event, or a call of [`Writer::ring`], since this last returned. For one caller.
    pub async fn news(&self) {
        self.news.bell.notified().await;
    }

    /// Lets [`Writer::news`] return.
    pub fn ring(&self) {
        self.news.bell.notify_one();
    }

    /// True from a full disk until there is room again: polling and fetching rest, reading goes on.
    pub fn space_low(&self) -> bool {
        self.space_low.load(Ordering::Relaxed)
    }

    /// Looks whether there is room again, after the disk was full.
    ///
    /// # Errors
    /// Where the writer is gone.
    pub async fn recover_space(&self) -> Result<bool, DaemonError> {
        self.with(|state| Ok(state.store.recover_space())).await
    }

    /// Returns when the thread has ended.
    pub async fn died(&self) {
        let mut alive = self.alive.clone();
        while alive.changed().await.is_ok() {}
    }

    /// Lets the thread work off what waits, and end.
    pub async fn close(&self) {
        if self.jobs.send(Job::Close).await.is_ok() {
            self.died().await;
        }
    }
}

fn gone() -> DaemonError {
    DaemonError::Writer("the writer is gone; see the log for why".into())
}

fn serve(mut state: State, mut queue: mpsc::Receiver<Job>, commit_ms: &AtomicU64, (space_low, news): (&AtomicBool, &News), clock: &Clock) {
    news.tell(state.store.last_event().unwrap_or(0));
    while let Some(first) = queue.blocking_recv() {
        let round = Round::gather(first, &mut queue);
        if !round.polls.is_empty() {
            commit_polls(&mut state, round.polls);
        }
        for batch in apart(round.places) {
            commit_places(&mut state, batch, commit_ms, clock.now());
        }
        round.others.into_iter().for_each(|work| work(&mut state));
        space_low.store(state.store.space_low(), Ordering::Relaxed);
        // Where the database does not say, the next round will.
        news.tell(state.store.last_event().unwrap_or(0));
        if round.last {
            break;
        }
    }
    state.close();
}

/// What waits at one time. Commits come first, each kind in one transaction, so that who asks for something else sees what
/// was asked before.
#[derive(Default)]
struct Round {
    polls: Vec<Waiting<PollCommit, PollStored>>,
    places: Vec<Waiting<Place, Placed>>,
    others: Vec<Work>,
    last: bool,
}

impl Round {
    fn gather(first: Job, queue: &mut mpsc::Receiver<Job>) -> Self {
        let mut round = Self::default();
        round.take(first);
        while round.len() < BATCH
            && !round.last
            && let Some(job) = round.next(queue)
        {
            round.take(job);
        }
        round
    }

    /// What waits, or what comes while nobody but polls waits for this round.
    fn next(&self, queue: &mut mpsc::Receiver<Job>) -> Option<Job> {
        if let Ok(job) = queue.try_recv() {
            return Some(job);
        }
        if self.polls.len() < self.len() {
            return None;
        }
        std::thread::sleep(COMPANY);
        queue.try_recv().ok()
    }

    fn len(&self) -> usize {
        self.polls.len() + self.places.len() + self.others.len()
    }

    fn take(&mut self, job: Job) {
        match job {
            Job::Run(work) => self.others.push(work),
            Job::Place(waiting) => self.places.push(waiting),
            Job::Poll(waiting) => self.polls.push(waiting),
            Job::Close => self.last = true,
        }
    }
}

/// What waits, in commits of which none has two texts of one article: the later is a revision of the earlier, which must
/// be stored by then.
fn apart(places: Vec<Waiting<Place, Placed>>) -> Vec<Vec<Waiting<Place, Placed>>> {
    let mut batches: Vec<Vec<Waiting<Place, Placed>>> = Vec::new();
    for waiting in places {
        let id = waiting.0.article.id;
        match batches.iter_mut().find(|batch| batch.iter().all(|other| other.0.article.id != id)) {
            Some(batch) => batch.push(waiting),
            None => batches.push(vec![waiting]),
        }
    }
    batches
}

fn commit_places(state: &mut State, batch: Vec<Waiting<Place, Placed>>, commit_ms: &AtomicU64, now: Timestamp) {
    let start = Instant::now();
    let (places, replies): (Vec<Place>, Vec<_>) = batch.into_iter().map(|(place, reply)| (*place, reply)).unzip();
    match state.place_all(places, now) {
        Ok(placed) => {
            for (reply, placed) in replies.into_iter().zip(placed) {
                let _ = reply.send(Ok(placed));
            }
        }
        Err(error) => {
            for reply in replies {
                let _ = reply.send(Err(error.to_string()));
            }
        }
    }
    commit_ms.store(u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// Polls that waited together, in one commit. One that cannot be stored is no reason for the others to be lost: then each
/// has a commit of its own.
fn commit_polls(state: &mut State, batch: Vec<Waiting<PollCommit, PollStored>>) {
    let (polls, replies): (Vec<PollCommit>, Vec<_>) = batch.into_iter().map(|(poll, reply)| (*poll, reply)).unzip();
    let stored: Vec<Result<PollStored, StoreError>> = match state.store.commit_polls(&polls) {
        Ok(stored) => stored.into_iter().map(Ok).collect(),
        Err(error) if polls.len() == 1 => vec![Err(error)],
        Err(_) => polls.iter().map(|poll| state.store.commit_poll(poll)).collect(),
    };
    for (reply, stored) in replies.into_iter().zip(stored) {
        let _ = reply.send(stored.map_err(|error| error.to_string()));
    }
}

//! [`Deadlines`]: whether a periodic task was ever late.

/// What became of a periodic task's jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Jobs that were due.
    pub jobs: u32,
    /// Jobs that ended after their deadline, or never began.
    pub missed: u32,
    /// From a release to the end of its job, the longest, in cycles.
    pub worst: u32,
}

/// Holds the jobs of a periodic task against a clock of its own: job k is due from its release at
/// first + k · period, and must have ended `within` cycles of that.
///
/// The clock counts cycles and may wrap; times are compared by their difference. It has to be another
/// counter than the one that releases the jobs, or a release that never came would not be noticed.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    period: u32,
    within: u32,
    release: u32,
    tally: Tally,
}

impl Deadlines {
    /// Of jobs released at `first` and every `period` cycles after that (at least one).
    pub const fn new(first: u32, period: u32, within: u32) -> Self {
        let period = if period == 0 { 1 } else { period };
        Self { period, within, release: first, tally: Tally { jobs: 0, missed: 0, worst: 0 } }
    }

    /// A job begins. Releases before its own that had no job are missed ones.
    pub const fn begin(&mut self, now: u32) {
        let late = now.wrapping_sub(self.release);
        // A clock a little behind the release is not a whole turn ahead of it.
        if late > u32::MAX / 2 {
            return;
        }
        let lost = late / self.period;
        self.tally.jobs += lost;
        self.tally.missed += lost;
        self.release = self.release.wrapping_add(lost.wrapping_mul(self.period));
    }

    /// The job ends.
    pub const fn end(&mut self, now: u32) {
        let took = now.wrapping_sub(self.release);
        let took = if took > u32::MAX / 2 { 0 } else { took };
        self.tally.jobs += 1;
        if took > self.within {
            self.tally.missed += 1;
        }
        if took > self.tally.worst {
            self.tally.worst = took;
        }
        self.release = self.release.wrapping_add(self.period);
    }

    /// What became of all jobs so far.
    pub const fn tally(&self) -> Tally {
        self.tally
    }
}

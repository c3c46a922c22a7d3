//! [`Case`]: one job, and those who contend in it.

/// One job. The first contender is the peer that ratios refer to.
pub struct Case {
    /// What is done once, for example "sweep".
    pub job: &'static str,
    /// Who does it; the peer first.
    pub contenders: Vec<Contender>,
}

/// One way to do the job, with its answer already asserted.
pub struct Contender {
    /// Its name in the tables.
    pub label: String,
    /// How many jobs one call does: lanes do several at once.
    pub jobs: u32,
    /// Exact sweeps of one call, where the job is a solve.
    pub sweeps: Option<u64>,
    run: Box<dyn FnMut(u32)>,
}

impl Contender {
    /// Makes `times` calls.
    pub fn run(&mut self, times: u32) {
        (self.run)(times);
    }
}

impl Case {
    /// A case without contenders.
    #[must_use]
    pub const fn new(job: &'static str) -> Self {
        Self { job, contenders: Vec::new() }
    }

    /// Adds a contender. The calls are repeated inside of the box, so that a call through it is
    /// not part of what is measured.
    #[must_use]
    pub fn with(self, label: impl Into<String>, call: impl FnMut() + 'static) -> Self {
        self.with_jobs(label, 1, call)
    }

    /// Adds a contender whose call does several jobs.
    #[must_use]
    pub fn with_jobs(
        mut self,
        label: impl Into<String>,
        jobs: u32,
        mut call: impl FnMut() + 'static,
    ) -> Self {
        let run = Box::new(move |times| (0..times).for_each(|_| call()));
        self.contenders.push(Contender { label: label.into(), jobs, sweeps: None, run });
        self
    }

    /// Adds a contender that repeats its calls itself, each of which does several jobs.
    #[must_use]
    pub fn with_run(
        mut self,
        label: impl Into<String>,
        jobs: u32,
        run: impl FnMut(u32) + 'static,
    ) -> Self {
        let run = Box::new(run);
        self.contenders.push(Contender { label: label.into(), jobs, sweeps: None, run });
        self
    }

    /// Notes the sweeps of one call of the last contender.
    #[must_use]
    pub fn sweeps(mut self, sweeps: u64) -> Self {
        if let Some(contender) = self.contenders.last_mut() {
            contender.sweeps = Some(sweeps);
        }
        self
    }
}

/// A problem that lives as long as the program, so that contenders may share it.
pub fn keep<T>(problem: T) -> &'static T {
    Box::leak(Box::new(problem))
}

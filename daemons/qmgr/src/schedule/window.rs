//! How many deliveries may go to one destination at a time, learnt from how they end.
//!
//! The window widens a little after each delivery that found the destination well, and narrows after each that
//! found no connection or no greeting. Widening comes at the end of a run of good results, narrowing at the
//! start of a run of bad ones, so that the width neither swings nor lags (SCHEDULER_README, concurrency
//! scheduling). Apart from that, a destination is given up after a number of *pseudo-cohorts* of failures:
//! each failure counts as one part in as many as the window is wide.

use thiserror::Error;

/// How much one result moves the window: `postconf(5) default_destination_concurrency_positive_feedback`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Feedback {
    /// The same for every width.
    Constant(f64),
    /// A number divided by the width.
    PerConcurrency(f64),
    /// A number divided by the square root of the width.
    PerSquareRoot(f64),
}

/// A feedback expression that is malformed, or outside 0 to 1.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("malformed or unreasonable concurrency feedback \"{0}\"")]
pub struct FeedbackError(pub String);

/// The rules for the windows of one transport.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowRules {
    /// The width a destination starts with, one at least.
    pub initial: u32,
    /// The greatest width; `None` when there is none.
    pub limit: Option<u32>,
    /// How much a good result widens.
    pub positive: Feedback,
    /// How much a connection or handshake failure narrows.
    pub negative: Feedback,
    /// After how many failed pseudo-cohorts the destination is dead; zero for never.
    pub failed_cohort_limit: u32,
}

/// The window of one destination.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    width: u32,
    success: f64,
    failure: f64,
    failed_cohorts: f64,
}

impl Feedback {
    /// Reads `number`, `number/number`, `number/concurrency` or `number/sqrt_concurrency`.
    ///
    /// # Errors
    /// [`FeedbackError`] for any other form, and for a number outside 0 to 1.
    pub fn parse(text: &str) -> Result<Self, FeedbackError> {
        let refuse = || FeedbackError(text.to_owned());
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        let (above, below) = match text.split_once('/') {
            Some((above, below)) => (above, Some(below.trim())),
            None => (text, None),
        };
        let above = number(above).ok_or_else(refuse)?;
        let feedback = match below {
            None => Self::Constant(above),
            Some("concurrency") => Self::PerConcurrency(above),
            Some("sqrt_concurrency") => Self::PerSquareRoot(above),
            Some(below) => match number(below) {
                Some(below) if below != 0.0 => Self::Constant(above / below),
                _ => return Err(refuse()),
            },
        };
        let (Self::Constant(amount) | Self::PerConcurrency(amount) | Self::PerSquareRoot(amount)) = feedback;
        if (0.0..=1.0).contains(&amount) {
            Ok(feedback)
        } else {
            Err(refuse())
        }
    }

    fn at(self, width: u32) -> f64 {
        match self {
            Self::Constant(amount) => amount,
            Self::PerConcurrency(amount) => amount / f64::from(width.max(1)),
            Self::PerSquareRoot(amount) => amount / f64::from(width.max(1)).sqrt(),
        }
    }
}

impl Window {
    /// The window of a destination nothing is known about.
    pub fn new(rules: &WindowRules) -> Self {
        let width = rules
            .limit
            .map_or(rules.initial, |limit| rules.initial.min(limit))
            .max(1);
        Self {
            width,
            success: 0.0,
            failure: 0.0,
            failed_cohorts: 0.0,
        }
    }

    /// How many deliveries may go on at a time.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Learns from a delivery that found its destination well, with `busy` deliveries (itself among them) going on.
    pub fn succeed(&mut self, busy: u32, rules: &WindowRules) {
        self.failed_cohorts = 0.0;
        // A window far wider than what is in use would take many failures to narrow to where it matters.
        let used = self.width < busy.saturating_add(rules.initial);
        if used && rules.limit.is_none_or(|limit| self.width < limit) {
            self.success += rules.positive.at(self.width);
            while self.success + ROUNDING >= 1.0 {
                self.width = self.width.saturating_add(1);
                self.success -= 1.0;
                self.failure = 0.0;
            }
        }
        if let Some(limit) = rules.limit {
            self.width = self.width.min(limit.max(1));
        }
    }

    /// Learns from a connection or handshake failure; true when the destination is dead now.
    pub fn fail(&mut self, rules: &WindowRules) -> bool {
        self.failed_cohorts += 1.0 / f64::from(self.width);
        let limit = rules.failed_cohort_limit;
        if limit > 0 && self.failed_cohorts + ROUNDING >= f64::from(limit) {
            return true;
        }
        self.failure -= rules.negative.at(self.width);
        while self.failure + ROUNDING < 0.0 {
            self.width = self.width.saturating_sub(1).max(1);
            self.failure += 1.0;
            self.success = 0.0;
        }
        false
    }
}

/// What sums of fractions such as five times 1/5 may be off by.
const ROUNDING: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(positive: Feedback, negative: Feedback) -> WindowRules {
        WindowRules {
            initial: 5,
            limit: Some(20),
            positive,
            negative,
            failed_cohort_limit: 1,
        }
    }

    #[test]
    fn feedback_has_four_forms() {
        for (text, expected) in [
            ("1", Feedback::Constant(1.0)),
            ("1/4", Feedback::Constant(0.25)),
            (" .5 / concurrency ", Feedback::PerConcurrency(0.5)),
            ("1/sqrt_concurrency", Feedback::PerSquareRoot(1.0)),
        ] {
            assert_eq!(Feedback::parse(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "x",
            "2",
            "-1",
            "1/0",
            "1/",
            "1/width",
            "3/2",
            "nan",
            "inf/concurrency",
        ] {
            assert!(Feedback::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn constant_feedback_doubles_the_window_with_each_cohort_up_to_the_limit() {
        let rules = rules(Feedback::Constant(1.0), Feedback::Constant(1.0));
        let mut window = Window::new(&rules);

        for _ in 0..5 {
            window.succeed(window.width(), &rules);
        }
        assert_eq!(window.width(), 10);
        for _ in 0..50 {
            window.succeed(window.width(), &rules);
        }
        assert_eq!(window.width(), 20);
    }

    #[test]
    fn feedback_per_concurrency_widens_by_one_with_each_cohort() {
        let rules = rules(Feedback::PerConcurrency(1.0), Feedback::Constant(1.0));
        let mut window = Window::new(&rules);

        for _ in 0..5 {
            assert_eq!(window.width(), 5);
            window.succeed(window.width(), &rules);
        }

        assert_eq!(window.width(), 6);
    }

    #[test]
    fn an_idle_window_does_not_widen_out_of_reach() {
        let rules = rules(Feedback::Constant(1.0), Feedback::Constant(1.0));
        let mut window = Window::new(&rules);

        for _ in 0..50 {
            window.succeed(1, &rules);
        }

        assert_eq!(window.width(), 6);
    }

    #[test]
    fn narrowing_comes_with_the_first_failure_of_a_run() {
        let mut rules = rules(Feedback::Constant(1.0), Feedback::Constant(0.25));
        rules.failed_cohort_limit = 10;
        let mut window = Window::new(&rules);

        let widths: Vec<u32> = (0..5)
            .map(|_| {
                assert!(!window.fail(&rules));
                window.width()
            })
            .collect();

        assert_eq!(widths, [4, 4, 4, 4, 3]);
    }

    #[test]
    fn a_failed_cohort_makes_a_destination_dead_and_a_success_forgives() {
        let rules = rules(Feedback::Constant(1.0), Feedback::PerConcurrency(0.0));
        let mut window = Window::new(&rules);

        let dead: Vec<bool> = (0..5).map(|_| window.fail(&rules)).collect();
        assert_eq!(dead, [false, false, false, false, true]);

        let mut window = Window::new(&rules);
        for _ in 0..100 {
            assert!(!window.fail(&rules));
            assert!(!window.fail(&rules));
            window.succeed(3, &rules);
        }
    }

    #[test]
    fn without_a_cohort_limit_a_destination_never_dies() {
        let mut rules = rules(Feedback::Constant(1.0), Feedback::Constant(1.0));
        rules.failed_cohort_limit = 0;
        let mut window = Window::new(&rules);

        assert!((0..1000).all(|_| !window.fail(&rules)));
        assert_eq!(window.width(), 1);
    }
}

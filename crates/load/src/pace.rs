//! When each request is due: evenly, or in bursts.

use std::time::Duration;

/// So many seconds are from one burst to the next; the burst is the first of them.
const PERIOD: f64 = 10.0;

/// A rate, and how unevenly it is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Requests a second, in the mean of a period.
    pub(crate) rate: f64,
    /// How many times the rate comes in the first second of ten; the other nine share the rest.
    pub(crate) burst: f64,
}

impl Pace {
    /// Without bursts.
    pub(crate) const fn even(rate: f64) -> Self {
        Self { rate, burst: 1.0 }
    }

    /// How long after the beginning a request is due, by its place from zero on.
    pub(crate) fn due(self, place: u64) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "places are far below 2^53")]
        let place = place as f64;
        let in_period = self.rate * PERIOD;
        let periods = (place / in_period).floor();
        let within = place - periods * in_period;
        let in_burst = self.rate * self.burst;
        let since = if within < in_burst {
            within / in_burst
        } else {
            1.0 + (within - in_burst) / (in_period - in_burst) * (PERIOD - 1.0)
        };
        Duration::from_secs_f64(periods * PERIOD + since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_in(pace: Pace, from: f64, to: f64) -> usize {
        let due = (0..4000).map(|place| pace.due(place).as_secs_f64());
        due.filter(|due| (from..to).contains(due)).count()
    }

    #[test]
    fn requests_come_evenly_or_in_bursts_of_the_same_mean() {
        let even = Pace::even(100.0);
        assert_eq!(due_in(even, 0.0, 1.0), 100);
        assert_eq!(due_in(even, 13.0, 15.0), 200);
        let burst = Pace {
            rate: 100.0,
            burst: 5.5,
        };
        assert_eq!(due_in(burst, 0.0, 10.0), 1000);
        assert_eq!(due_in(burst, 0.0, 1.0), 550);
        assert_eq!(due_in(burst, 10.0, 11.0), 550);
        assert!((49..=51).contains(&due_in(burst, 14.0, 15.0)));
        let all = Pace {
            rate: 100.0,
            burst: 10.0,
        };
        assert_eq!(due_in(all, 20.0, 21.0), 1000);
        assert_eq!(due_in(all, 21.0, 30.0), 0);
        assert!((0..3999).all(|place| burst.due(place) < burst.due(place + 1)));
    }
}

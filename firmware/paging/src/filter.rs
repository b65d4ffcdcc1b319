//! One filter of second order. The one place that knows `biquad`.

use biquad::{Biquad, Coefficients, DirectForm2Transposed, ToHertz, Type};

/// What a filter does; a peak's or shelf's gain is in dB.
pub(crate) type Kind = Type<f32>;

/// A filter and what still rings in it.
#[derive(Debug)]
pub(crate) struct Filter(DirectForm2Transposed<f32>);

impl Filter {
    /// For samples at `rate` Hz; none where `hz` is not below half of it.
    pub(crate) fn new(rate: u32, kind: Kind, hz: f32, quality: f32) -> Option<Self> {
        let coefficients = Coefficients::from_params(kind, (rate as f32).hz(), hz.hz(), quality).ok()?;
        Some(Self(DirectForm2Transposed::new(coefficients)))
    }

    pub(crate) fn run(&mut self, sample: f32) -> f32 {
        self.0.run(sample)
    }

    /// Forgets what rings.
    pub(crate) fn rest(&mut self) {
        self.0.reset_state();
    }
}

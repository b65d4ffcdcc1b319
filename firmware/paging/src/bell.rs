//! A telephone that rings overhead.

/// One ring after the other.
#[derive(Debug)]
pub(crate) struct Bell {
    /// One ring, with the silence after it.
    ring: Vec<f32>,
    at: usize,
}

impl Bell {
    pub fn new(ring: Vec<f32>) -> Self {
        Self { ring, at: 0 }
    }

    /// The next samples.
    pub fn fill(&mut self, block: &mut [f32]) {
        for sample in block.iter_mut() {
            *sample = self.ring.get(self.at).copied().unwrap_or_default();
            self.at = if self.at + 1 < self.ring.len() { self.at + 1 } else { 0 };
        }
    }
}

//! Marks to test with.

/// Marks of 25 criteria that make a score out of 100.
pub fn marks(score: u8) -> Vec<Option<u8>> {
    (0..25).map(|place| Some((score / 25) + u8::from(place < score % 25))).collect()
}

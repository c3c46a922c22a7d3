//! What a training reaches.

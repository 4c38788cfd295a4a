//! A picture of a territory as pages show it.

/// One picture in its two sizes, each in two formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What is to be seen, in the page's language or else in the one that there is.
    pub alt: String,
    /// Whether it is a plan, not a photograph.
    pub plan: bool,
    /// For lists.
    pub small: Size,
    /// For the territory's own page.
    pub large: Size,
}

/// A picture of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Address of the WebP file.
    pub webp: String,
    /// Address of the JPEG file.
    pub jpeg: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

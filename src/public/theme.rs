//! Two colours and a logo of the deployment, made readable: whatever colours are given, contrasts hold.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::error::AppError;

const KEPT: &str = "public, max-age=3600";

/// Anybody: the deployment's colours, over those of the stylesheet.
pub async fn theme(State(app): State<App>) -> Result<Response, AppError> {
    let theme = app.config.theme.as_ref().ok_or(AppError::NotFound)?;
    let css = stylesheet(Colour::read(&theme.first), Colour::read(&theme.second));
    Ok(([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, KEPT)], css).into_response())
}

/// Anybody: the deployment's logo.
pub async fn logo(State(app): State<App>) -> Result<Response, AppError> {
    let path = app.config.theme.as_ref().and_then(|theme| theme.logo.as_ref()).ok_or(AppError::NotFound)?;
    let is_png = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
    let kind = if is_png { "image/png" } else { "image/svg+xml" };
    let bytes = tokio::fs::read(path).await.map_err(|error| {
        tracing::warn!(%error, "logo");
        AppError::NotFound
    })?;
    let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, KEPT), (CONTENT_SECURITY_POLICY, policy)], bytes).into_response())
}

/// The first colour bears white text and is read on linen: it is darkened until it can. The second bears ink: it is lightened.
fn stylesheet(first: Colour, second: Colour) -> String {
    let first = first.until(Colour::BLACK, |colour| colour.contrast(Colour::LINEN) >= 5.5);
    let second = second.until(Colour::WHITE, |colour| colour.contrast(Colour::INK) >= 5.5);
    let mut css = String::from(":root {");
    let tokens = [
        ("woad", first),
        ("woad-dark", first.mix(Colour::BLACK, 300)),
        ("woad-tint", first.mix(Colour::WHITE, 890)),
        ("weld", second),
        ("weld-tint", second.mix(Colour::WHITE, 800)),
    ];
    for (name, colour) in tokens {
        let _ = write!(css, " --{name}: {};", colour.text());
    }
    css.push_str(" }\n.cloth [fill=\"#0f4c5c\"] { fill: var(--woad); }\n.cloth [fill=\"#edb72b\"], .brand [fill=\"#edb72b\"] { fill: var(--weld); }\n");
    css
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colour([u8; 3]);

impl Colour {
    const BLACK: Self = Self([0; 3]);
    const WHITE: Self = Self([255; 3]);
    const INK: Self = Self([0x1e, 0x25, 0x29]);
    const LINEN: Self = Self([0xf5, 0xf2, 0xea]);

    /// A colour that the configuration has checked: `#rrggbb`.
    fn read(text: &str) -> Self {
        let part = |at: usize| text.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or_default();
        Self([part(1), part(3), part(5)])
    }

    fn text(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// Between both, by thousandths of the other.
    fn mix(self, other: Self, thousandths: u32) -> Self {
        let part = |at: usize| {
            let sum = u32::from(self.0[at]) * (1000 - thousandths) + u32::from(other.0[at]) * thousandths;
            u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
        };
        Self([part(0), part(1), part(2)])
    }

    fn until(self, other: Self, is_enough: impl Fn(Self) -> bool) -> Self {
        (0..=20).map(|step| self.mix(other, step * 50)).find(|colour| is_enough(*colour)).unwrap_or(other)
    }

    /// Relative luminance of WCAG 2.
    fn luminance(self) -> f64 {
        let linear = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        a.max(b) / a.min(b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_colours_are_left_as_they_are() {
        let css = stylesheet(Colour::read("#0f4c5c"), Colour::read("#edb72b"));
        assert!(css.starts_with(":root { --woad: #0f4c5c; --woad-dark: #0b3540; --woad-tint: #e5ebed; --weld: #edb72b; --weld-tint: #fbf1d5; }"), "{css}");
    }

    #[test]
    fn colours_too_light_or_too_dark_become_readable() {
        for (first, second) in [("#ffee00", "#000000"), ("#ffffff", "#1e2529"), ("#88ccff", "#6a4930")] {
            let css = stylesheet(Colour::read(first), Colour::read(second));
            let colour = |name: &str| {
                let at = css.find(&format!("--{name}: ")).expect("token") + name.len() + 4;
                Colour::read(&css[at..at + 7])
            };
            assert!(colour("woad").contrast(Colour::WHITE) >= 4.5 && colour("woad").contrast(Colour::LINEN) >= 4.5, "{first}");
            assert!(colour("woad").contrast(colour("woad-tint")) >= 4.5, "{first}");
            assert!(colour("weld").contrast(Colour::INK) >= 4.5, "{second}");
        }
    }
}

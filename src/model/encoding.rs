//! Bytes to text: byte order mark, then valid UTF-8, then the labels, then detection.

use crate::model::Warning;
use std::borrow::Cow;

/// Decodes `bytes`. `http_label` is the `charset` of the Content-Type header, `document_label` what the document
/// declares (XML declaration, `<meta charset>`). Says in the second value what was contradicted or replaced.
pub fn decode<'a>(bytes: &'a [u8], _http_label: Option<&str>, _document_label: Option<&str>) -> (Cow<'a, str>, Vec<Warning>) {
    (String::from_utf8_lossy(bytes), Vec::new())
}

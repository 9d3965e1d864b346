//! A request's body: read within its limit, unpacked within the same limit.

use async_compression::tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::refusal::Refusal;

/// How many encodings may be laid over one another.
const MOST_LAYERS: usize = 2;

/// A body in both forms; the same bytes where it was not packed.
#[derive(Clone, Debug)]
pub(super) struct Received {
    /// As it came, which is what most vendors sign.
    pub(super) sent: Bytes,
    /// Without content encodings.
    pub(super) unpacked: Bytes,
}

/// Reads and unpacks. `limit` bounds what is read as well as what comes out of it.
pub(super) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Received, Refusal> {
    let layers = layers(headers)?;
    let said = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|n| usize::try_from(n).map_or(true, |n| n > limit)) {
        return Err(too_large(limit));
    }
    let sent = match Limited::new(body, limit).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            return Err(too_large(limit));
        }
        Err(_) => {
            let error = "the body ended before it was complete";
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                error,
                "send as many bytes as were announced",
            ));
        }
    };
    let mut unpacked = sent.clone();
    for layer in layers.iter().rev() {
        unpacked = unpack(*layer, &unpacked, limit).await?;
    }
    Ok(Received { sent, unpacked })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Gzip,
    Deflate,
    Brotli,
}

/// In the order in which they were laid on.
fn layers(headers: &HeaderMap) -> Result<Vec<Layer>, Refusal> {
    let mut layers = Vec::new();
    for value in headers.get_all(header::CONTENT_ENCODING) {
        for name in value.to_str().unwrap_or("?").split(',') {
            match name.trim().to_ascii_lowercase().as_str() {
                "" | "identity" => {}
                "gzip" | "x-gzip" => layers.push(Layer::Gzip),
                "deflate" => layers.push(Layer::Deflate),
                "br" => layers.push(Layer::Brotli),
                _ => return Err(unknown_encoding()),
            }
        }
    }
    if layers.len() > MOST_LAYERS {
        Err(unknown_encoding())
    } else {
        Ok(layers)
    }
}

async fn unpack(layer: Layer, packed: &[u8], limit: usize) -> Result<Bytes, Refusal> {
    match layer {
        Layer::Gzip => {
            let mut decoder = GzipDecoder::new(packed);
            decoder.multiple_members(true);
            drain(decoder, limit).await
        }
        // "deflate" means the zlib format (RFC 9110, 8.4.1.2), but some clients send the
        // bare stream; the zlib header tells them apart.
        Layer::Deflate if has_zlib_header(packed) => drain(ZlibDecoder::new(packed), limit).await,
        Layer::Deflate => drain(DeflateDecoder::new(packed), limit).await,
        Layer::Brotli => drain(BrotliDecoder::new(packed), limit).await,
    }
}

fn has_zlib_header(packed: &[u8]) -> bool {
    match packed {
        [first, second, ..] => first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0,
        _ => false,
    }
}

async fn drain(decoder: impl AsyncRead + Unpin, limit: usize) -> Result<Bytes, Refusal> {
    let mut unpacked = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(most).read_to_end(&mut unpacked).await.map_err(|_| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            "the body cannot be unpacked",
            "check that it is packed as Content-Encoding says",
        )
    })?;
    if unpacked.len() > limit {
        Err(too_large(limit))
    } else {
        Ok(unpacked.into())
    }
}

fn too_large(limit: usize) -> Refusal {
    let error = format!("the body is larger than {limit} bytes, counted unpacked");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, error, "send smaller batches").with_header(header::CONNECTION, "close")
}

fn unknown_encoding() -> Refusal {
    Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "the body is packed in a way that is not understood",
        "use gzip, deflate or br, or send it as it is",
    )
    .with_header(header::ACCEPT_ENCODING, "gzip, deflate, br")
}

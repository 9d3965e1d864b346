//! Bodies as they were before they were packed, no larger than allowed.
//!
//! What is packed in a way that we do not know is refused and not handed on: a guest could
//! unpack it itself, and find in it what would have been masked.

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::{Code, Error};

/// What we say we understand.
pub(crate) const ACCEPTED: &str = "gzip, deflate, br";
/// How often something may be packed.
const LAYERS: usize = 2;
const PIECE: usize = 64 << 10;

/// Unpacks a body that came with these `Content-Encoding`s, in their order.
pub(crate) async fn unpack(body: Vec<u8>, encodings: &[String], most: usize) -> Result<Vec<u8>, Error> {
    let layers: Vec<&str> = encodings
        .iter()
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
        .collect();
    if layers.len() > LAYERS {
        return Err(Error::after(Code::Protocol, "the answer is packed too often"));
    }
    let mut body = body;
    for layer in layers.iter().rev() {
        // The answer to a HEAD says how the body would be packed and has none.
        if body.is_empty() {
            return Ok(body);
        }
        let packed = body.as_slice();
        body = match layer.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => {
                let mut decoder = GzipDecoder::new(packed);
                decoder.multiple_members(true);
                read(decoder, most).await?
            }
            "deflate" => read(ZlibDecoder::new(packed), most).await?,
            "br" => read(BrotliDecoder::new(packed), most).await?,
            other => {
                let name: String = other.chars().take(20).filter(char::is_ascii_graphic).collect();
                let message = format!("the answer is packed as '{name}', which is not understood here");
                return Err(Error::after(Code::Protocol, message));
            }
        };
    }
    Ok(body)
}

async fn read(decoder: impl AsyncRead + Unpin, most: usize) -> Result<Vec<u8>, Error> {
    let mut unpacked = Vec::new();
    let mut decoder = decoder.take(most as u64 + 1);
    let mut piece = vec![0; PIECE];
    loop {
        let read = decoder.read(&mut piece).await;
        let count = read.map_err(|error| Error::after(Code::Protocol, format!("unpacking the answer: {error}")))?;
        if count == 0 {
            break;
        }
        unpacked.extend_from_slice(&piece[..count]);
        if unpacked.len() > most {
            return Err(too_large(most));
        }
        // Reading from memory never waits, and others are to have their turn.
        tokio::task::yield_now().await;
    }
    Ok(unpacked)
}

pub(crate) fn too_large(most: usize) -> Error {
    Error::after(Code::TooLarge, format!("the answer is larger than {most} bytes"))
}

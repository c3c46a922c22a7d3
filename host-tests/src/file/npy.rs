//! NPY files of one or two dimensions, f32 or f64.

use super::error::{Cause, Fault};
use crate::precision::Precision;
use npyz::{NpyFile, Order, WriterBuilder};
use std::io::{self, BufRead, Cursor, ErrorKind, Read, Write};

/// A header of plain numbers has 128 bytes. A longer one is no vector, and a much longer one would
/// be the parser's worry (it recurses).
const LONGEST_HEADER: usize = 1024;

/// Reads the columns of a table, or a one-dimensional array as one column.
pub(super) fn read<T: Precision, R: BufRead>(source: R) -> Result<Vec<Vec<T>>, Fault> {
    let Array { shape, order, numbers } = read_array(source, true, finite)?;
    let (rows, columns) = table(&shape)?;
    Ok((0..columns)
        .map(|column| match order {
            Order::Fortran => numbers[column * rows..(column + 1) * rows].to_vec(),
            Order::C => numbers.iter().skip(column).step_by(columns).copied().collect(),
        })
        .collect())
}

/// The sizes of an array, and its numbers with the last index running first.
pub(super) fn read_by_rows<R: BufRead>(source: R) -> Result<(Vec<usize>, Vec<f64>), Fault> {
    let Array { shape, order, numbers } = read_array(source, false, finite)?;
    if order == Order::C {
        return Ok((shape, numbers));
    }
    let place = |mut k: usize| {
        // The last index runs first; in the file the first one does.
        let (mut place, mut stride) = (0, numbers.len());
        for size in shape.iter().rev() {
            stride /= size;
            place += k % size * stride;
            k /= size;
        }
        place
    };
    let by_rows = (0..numbers.len()).map(|k| numbers[place(k)]).collect();
    Ok((shape, by_rows))
}

fn finite<T: Precision>(place: usize, exact: f64) -> Result<T, Fault> {
    let number = T::from_f64(exact);
    if number.to_f64().is_finite() {
        return Ok(number);
    }
    let precision = T::NAME;
    let cause = format!("number {place} of the array, {exact}, is not a finite {precision} number");
    Err(Cause::Npy(cause).into())
}

/// Rows and columns of an array of one or two dimensions.
pub(super) fn table<N: Copy + From<u8>>(shape: &[N]) -> Result<(N, N), Fault> {
    match *shape {
        [rows] => Ok((rows, N::from(1))),
        [rows, columns] => Ok((rows, columns)),
        ref shape => Err(Cause::Npy(format!(
            "an array of {} dimensions; vectors have one, columns two",
            shape.len()
        ))
        .into()),
    }
}

/// Numbers of any shape.
pub(super) struct Array<T> {
    pub(super) shape: Vec<usize>,
    pub(super) order: Order,
    /// As they stand in the file.
    pub(super) numbers: Vec<T>,
}

/// Reads an array, only a table where one is wanted; `take` is told the place and the value of every
/// number.
pub(super) fn read_array<T, R: BufRead>(
    mut source: R,
    only_table: bool,
    mut take: impl FnMut(usize, f64) -> Result<T, Fault>,
) -> Result<Array<T>, Fault> {
    let header = checked_header(&mut source)?;
    let file = NpyFile::new(Cursor::new(header).chain(&mut source)).map_err(broken)?;
    let declared = file.shape().to_vec();
    if only_table {
        table(&declared)?;
    }
    if declared.contains(&0) {
        let sizes: Vec<String> = declared.iter().map(u64::to_string).collect();
        let sizes = if sizes.len() == 1 { format!("{}×1", sizes[0]) } else { sizes.join("×") };
        return Err(Cause::Npy(format!("the array is empty: {sizes}")).into());
    }
    let order = file.order();
    let mut numbers = Vec::new();
    // Memory grows with what is there, not with what was declared.
    match file.try_data::<f64>() {
        Ok(all) => {
            for (place, number) in all.enumerate() {
                numbers.push(take(place, number.map_err(broken)?)?);
            }
        }
        Err(file) => {
            let kind = file.dtype().descr();
            let Ok(all) = file.try_data::<f32>() else {
                return Err(Cause::Npy(format!(
                    "numbers of type {kind}; f4 (f32) or f8 (f64) is expected"
                ))
                .into());
            };
            for (place, number) in all.enumerate() {
                numbers.push(take(place, number.map_err(broken)?.into())?);
            }
        }
    }
    if !source.fill_buf()?.is_empty() {
        return Err(Cause::Npy("the file goes on after its array".to_owned()).into());
    }
    // As many numbers as the shape says are in memory, so the sizes fit.
    let shape = declared.iter().map(|size| *size as usize).collect();
    Ok(Array { shape, order, numbers })
}

/// Writes columns: one as a one-dimensional array, several as a table in C order.
pub(super) fn write<T: Precision, W: Write>(target: W, columns: &[&[T]]) -> io::Result<()> {
    let rows = columns.first().map_or(0, |column| column.len());
    let shape = match columns.len() {
        1 => vec![rows as u64],
        several => vec![rows as u64, several as u64],
    };
    let mut writer =
        npyz::WriteOptions::new().default_dtype().shape(&shape).writer(target).begin_nd()?;
    for row in 0..rows {
        for column in columns {
            writer.push(&column[row])?;
        }
    }
    writer.finish()
}

/// The bytes up to the data, once it is known that the parser will not stumble over them: its
/// product of the shape is unchecked.
fn checked_header<R: Read>(source: &mut R) -> Result<Vec<u8>, Fault> {
    let mut bytes = vec![0; 10];
    source.read_exact(&mut bytes).map_err(broken)?;
    if !bytes.starts_with(b"\x93NUMPY") {
        return Err(Cause::Npy("not an NPY file: its first bytes say so".to_owned()).into());
    }
    let mut length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    if bytes[6] > 1 {
        // From version 2 on, the length has four bytes.
        let mut high = [0; 2];
        source.read_exact(&mut high).map_err(broken)?;
        bytes.extend(high);
        length |= usize::from(u16::from_le_bytes(high)) << 16;
    }
    if length > LONGEST_HEADER {
        return Err(Cause::Npy(format!(
            "a header of {length} bytes; an array of plain numbers has one below {LONGEST_HEADER}"
        ))
        .into());
    }
    let text = bytes.len();
    bytes.resize(text + length, 0);
    source.read_exact(&mut bytes[text..]).map_err(broken)?;
    let product = bytes[text..]
        .split(|byte| !byte.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .try_fold(1_u64, |product, digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            product.checked_mul(digits.parse::<u64>().ok()?.max(1))
        });
    if product.is_none() {
        return Err(Cause::Npy("the header declares an absurd size".to_owned()).into());
    }
    Ok(bytes)
}

fn broken(error: io::Error) -> Fault {
    if error.kind() == ErrorKind::UnexpectedEof {
        return Cause::Npy("the file is truncated".to_owned()).into();
    }
    Cause::Npy(format!("not a readable NPY file: {error}")).into()
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use npyz::WriterBuilder;

    fn table(columns: &[&[f64]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, columns).expect("writes to memory");
        bytes
    }

    fn refusal(bytes: &[u8]) -> String {
        read::<f32, _>(bytes).expect_err("a bad file").cause.to_string()
    }

    #[test]
    fn columns_come_back() {
        for columns in [&[&[1.0, 2.5, -3.0][..]][..], &[&[1.0, 2.0], &[3.0, 4.0]]] {
            let bytes = table(columns);
            assert_eq!(read::<f64, _>(bytes.as_slice()).expect("its own file"), columns);
        }
    }

    #[test]
    fn fortran_order_and_f32_are_read() {
        let mut bytes = Vec::new();
        let mut writer = npyz::WriteOptions::new()
            .default_dtype()
            .order(npyz::Order::Fortran)
            .shape(&[2, 2])
            .writer(&mut bytes)
            .begin_nd()
            .expect("writes to memory");
        writer.extend([1.0_f32, 2.0, 3.0, 4.0]).expect("writes to memory");
        writer.finish().expect("writes to memory");
        let columns = read::<f64, _>(bytes.as_slice()).expect("a good file");
        assert_eq!(columns, [[1.0, 2.0], [3.0, 4.0]]);
    }

    #[test]
    fn broken_files_are_named() {
        let good = table(&[&[1.0, 2.0]]);
        for length in 0..good.len() {
            assert!(refusal(&good[..length]).contains("truncated"), "cut at {length}");
        }
        let with = |text: &str| {
            let mut bytes = good[..128].to_vec();
            bytes[10..].fill(b' ');
            bytes[10..10 + text.len()].copy_from_slice(text.as_bytes());
            bytes
        };
        let header = |shape: &str, kind: &str| {
            with(&format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"))
        };
        assert_eq!(refusal(b"no array, no array"), "not an NPY file: its first bytes say so");
        assert!(refusal(&[&good[..], b"x"].concat()).contains("goes on after its array"));
        assert!(refusal(&header("(1, 1, 1)", "<f8")).contains("3 dimensions"));
        assert!(refusal(&header("(0,)", "<f8")).contains("empty: 0×1"));
        assert!(refusal(&header("(9999999999999999999,)", "<f8")).contains("absurd"));
        assert!(refusal(&header("(4294967296, 4294967296)", "<f8")).contains("absurd"));
        assert!(refusal(&header("(4294967296,)", "<f8")).contains("truncated"));
        assert!(refusal(&header("(1,)", "<i4")).contains("numbers of type '<i4'; f4"));
        assert!(refusal(&with(&"(".repeat(100))).contains("not a readable NPY file"));
        assert!(refusal(&table(&[&[1.0, f64::NAN]])).contains("number 1 of the array, NaN"));
        assert!(refusal(&table(&[&[1e39]])).contains("is not a finite f32 number"));
    }
}

//! The story: a module of every kind of network as `solvekit export` writes them, in `f32` and in 8-bit
//! codes, tests itself. The host's tests hold the modules against the exporter.

pub mod ada_lista;
pub mod ada_lista_q8;
pub mod ada_lista_spline;
pub mod ada_lista_spline_q8;
pub mod alista;
pub mod alista_q8;
pub mod alista_spline;
pub mod alista_spline_q8;
pub mod hyperlista;
pub mod hyperlista_q8;
pub mod lista;
pub mod lista_cp;
pub mod lista_cp_q8;
pub mod lista_q8;
pub mod lista_spline;
pub mod lista_spline_q8;
pub mod tista;
pub mod tista_q8;
pub mod unfolded_iht;
pub mod unfolded_iht_q8;
pub mod unfolded_ista;
pub mod unfolded_ista_q8;

use crate::Line;

/// Runs a module's self-test, and recovers its recorded signal.
macro_rules! tested {
    ($say:ident, $title:literal, $network:ident) => {{
        let mut state = $network::start();
        $say(Line::Text($title));
        $network::self_test(&mut state).expect("a network that runs here as on the host");
        let layers = $network::layers().expect("layers that were exported");
        let y = $network::Measurements::from_column_slice(&$network::GOLDEN_Y);
        $network::recover(&layers, &y, &mut state).expect("measurements that were recorded");
        $say(Line::Count("  checksum of its tables", $network::CHECKSUM));
        $say(Line::Count("  bytes of memory", size_of::<$network::State>() as u32));
        $say(Line::Real("  largest entry of x", solvekit::sum::max_abs(state.x.as_slice())));
    }};
}

/// The story `deployed`.
///
/// # Panics
/// If a network does not do here what it did on the host.
pub fn story(say: &mut impl FnMut(Line)) {
    tested!(say, "unfolded ISTA", unfolded_ista);
    tested!(say, "unfolded IHT", unfolded_iht);
    tested!(say, "LISTA-CP", lista_cp);
    tested!(say, "ALISTA", alista);
    tested!(say, "ALISTA with splines", alista_spline);
    tested!(say, "HyperLISTA", hyperlista);
    tested!(say, "LISTA", lista);
    tested!(say, "LISTA with splines", lista_spline);
    tested!(say, "Ada-LISTA", ada_lista);
    tested!(say, "Ada-LISTA with splines", ada_lista_spline);
    tested!(say, "TISTA", tista);
    tested!(say, "unfolded ISTA, 8-bit codes", unfolded_ista_q8);
    tested!(say, "unfolded IHT, 8-bit codes", unfolded_iht_q8);
    tested!(say, "LISTA-CP, 8-bit codes", lista_cp_q8);
    tested!(say, "ALISTA, 8-bit codes", alista_q8);
    tested!(say, "ALISTA with splines, 8-bit codes", alista_spline_q8);
    tested!(say, "HyperLISTA, 8-bit codes", hyperlista_q8);
    tested!(say, "LISTA, 8-bit codes", lista_q8);
    tested!(say, "LISTA with splines, 8-bit codes", lista_spline_q8);
    tested!(say, "Ada-LISTA, 8-bit codes", ada_lista_q8);
    tested!(say, "Ada-LISTA with splines, 8-bit codes", ada_lista_spline_q8);
    tested!(say, "TISTA, 8-bit codes", tista_q8);
}

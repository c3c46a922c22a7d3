//! The story: a module of every kind of network as `solvekit export` writes them, in `f32` and in 8-bit
//! codes, tests itself. The modules are those that the host's tests hold against the exporter.

#[path = "../../../host-tests/tests/export/ada_lista.rs"]
mod ada_lista;
#[path = "../../../host-tests/tests/export/ada_lista_q8.rs"]
mod ada_lista_q8;
#[path = "../../../host-tests/tests/export/alista.rs"]
mod alista;
#[path = "../../../host-tests/tests/export/alista_q8.rs"]
mod alista_q8;
#[path = "../../../host-tests/tests/export/hyperlista.rs"]
mod hyperlista;
#[path = "../../../host-tests/tests/export/hyperlista_q8.rs"]
mod hyperlista_q8;
#[path = "../../../host-tests/tests/export/lista.rs"]
mod lista;
#[path = "../../../host-tests/tests/export/lista_cp.rs"]
mod lista_cp;
#[path = "../../../host-tests/tests/export/lista_cp_q8.rs"]
mod lista_cp_q8;
#[path = "../../../host-tests/tests/export/lista_q8.rs"]
mod lista_q8;
#[path = "../../../host-tests/tests/export/tista.rs"]
mod tista;
#[path = "../../../host-tests/tests/export/tista_q8.rs"]
mod tista_q8;
#[path = "../../../host-tests/tests/export/unfolded_iht.rs"]
mod unfolded_iht;
#[path = "../../../host-tests/tests/export/unfolded_iht_q8.rs"]
mod unfolded_iht_q8;
#[path = "../../../host-tests/tests/export/unfolded_ista.rs"]
mod unfolded_ista;
#[path = "../../../host-tests/tests/export/unfolded_ista_q8.rs"]
mod unfolded_ista_q8;

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
    tested!(say, "HyperLISTA", hyperlista);
    tested!(say, "LISTA", lista);
    tested!(say, "Ada-LISTA", ada_lista);
    tested!(say, "TISTA", tista);
    tested!(say, "unfolded ISTA, 8-bit codes", unfolded_ista_q8);
    tested!(say, "unfolded IHT, 8-bit codes", unfolded_iht_q8);
    tested!(say, "LISTA-CP, 8-bit codes", lista_cp_q8);
    tested!(say, "ALISTA, 8-bit codes", alista_q8);
    tested!(say, "HyperLISTA, 8-bit codes", hyperlista_q8);
    tested!(say, "LISTA, 8-bit codes", lista_q8);
    tested!(say, "Ada-LISTA, 8-bit codes", ada_lista_q8);
    tested!(say, "TISTA, 8-bit codes", tista_q8);
}

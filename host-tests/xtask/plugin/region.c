/* QEMU plugin: counts the guest instructions executed between two marks.
 *
 * The marks are hints without effect (firmware-examples/src/marker.rs), on Arm
 * each after a barrier: QEMU 7.2 hands over wrong bytes for what lies behind a
 * page's end inside one block of code, and a barrier begins a new block. Of the
 * mark itself the first two bytes are looked at alone: where it ends two bytes
 * before a page does (of 1 KiB on Cortex-M), QEMU has already looked at what
 * follows, and hands over four. No longer instruction begins like a mark. For
 * each pair one line `region INDEX COUNT` is written, the marks not counted,
 * and at the end `total COUNT`.
 *
 * Argument: out=FILE. Built without QEMU's header, which distributions do not
 * ship with the emulator: the few declarations used are written out. `API` is
 * the plugin interface of the QEMU found (1 up to 8.x, 2 in 9.0, 3 from 9.1);
 * the compiler's caller passes it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifndef API
#define API 1
#endif
#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
/* Only the first field is read; what follows it differs between versions. */
typedef struct { const char *target_name; } qemu_info_t;
enum { QEMU_PLUGIN_CB_NO_REGS = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(
    struct qemu_plugin_insn *, void (*)(unsigned, void *), int, void *);
void qemu_plugin_register_atexit_cb(
    qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
#if API >= 3
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *, void *, size_t);
#else
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
#endif

EXPORT int qemu_plugin_version = API;

static uint64_t total, at_begin;
static unsigned regions;
static bool inside, riscv;
static FILE *out;

static void on_instruction(unsigned cpu, void *data)
{
    (void)cpu; (void)data;
    total++;
}

/* Callbacks of one instruction run in the order they were registered, so both
 * marks have been counted themselves when theirs runs. */
static void on_begin(unsigned cpu, void *data)
{
    (void)cpu; (void)data;
    at_begin = total;
    inside = true;
}

static void on_end(unsigned cpu, void *data)
{
    (void)cpu; (void)data;
    if (!inside)
        return;
    /* The mark itself, and on Arm the barrier before it. */
    uint64_t marks = riscv ? 1 : 2;
    fprintf(out, "region %u %llu\n", regions++, (unsigned long long)(total - at_begin - marks));
    inside = false;
}

static uint32_t word_of(const struct qemu_plugin_insn *insn, size_t size)
{
    uint8_t bytes[4] = { 0 };
    size_t n = size < sizeof bytes ? size : sizeof bytes;
#if API >= 3
    qemu_plugin_insn_data(insn, bytes, n);
#else
    memcpy(bytes, qemu_plugin_insn_data(insn), n);
#endif
    return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    size_t n = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
        size_t size = qemu_plugin_insn_size(insn);
        uint32_t word = word_of(insn, size);
        bool begin = riscv ? size == 4 && word == 0x70102013u : (word & 0xffff) == 0xbf80u;
        bool end = riscv ? size == 4 && word == 0x70202013u : (word & 0xffff) == 0xbf90u;

        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_instruction, QEMU_PLUGIN_CB_NO_REGS, NULL);
        if (begin)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
        if (end)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_end, QEMU_PLUGIN_CB_NO_REGS, NULL);
    }
}

static void on_exit(qemu_plugin_id_t id, void *data)
{
    (void)id; (void)data;
    fprintf(out, "total %llu\n", (unsigned long long)total);
    fclose(out);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    riscv = strncmp(info->target_name, "riscv", 5) == 0;
    for (int i = 0; i < argc; i++)
        if (strncmp(argv[i], "out=", 4) == 0)
            out = fopen(argv[i] + 4, "w");
    if (!out) {
        fprintf(stderr, "region plugin: out=FILE is missing or not writable\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit, NULL);
    return 0;
}

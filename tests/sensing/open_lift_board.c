/*
 * A board without a radio: it does what it reads, line by line, with firmware_notes/open_lift_profile.h,
 * and prints what it would send, in hex. For test_open_lift_header.py.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "open_lift_profile.h"

static const uint16_t RATES_HZ[] = {50, 100, 200};
static open_lift_info info;
static open_lift_packet packet;

static void print_hex(const char *what, const uint8_t *bytes, size_t length)
{
    size_t i;
    printf("%s ", what);
    for (i = 0; i < length; i++) {
        printf("%02x", bytes[i]);
    }
    printf("\n");
}

static void say_info(void)
{
    uint8_t out[64];
    unsigned config, rate, acc_over, acc_under, gyr_over, gyr_under, acc_range, gyr_range, types;
    unsigned long boot;
    if (scanf("%u %u %lu %u %u %u %u %u %u %u", &config, &rate, &boot, &acc_over, &acc_under, &gyr_over,
              &gyr_under, &acc_range, &gyr_range, &types) != 10) {
        exit(1);
    }
    info.config_id = (uint8_t)config;
    info.rate_hz = (uint16_t)rate;
    info.boot_id = (uint32_t)boot;
    info.acc_lsb_g = open_lift_f32(acc_over, acc_under);
    info.gyr_lsb_dps = open_lift_f32(gyr_over, gyr_under);
    info.acc_range_g = (uint16_t)acc_range;
    info.gyr_range_dps = (uint16_t)gyr_range;
    info.types = (uint8_t)types;
    info.rate_count = 3;
    info.rates_hz = RATES_HZ;
    info.board = "C board";
    info.imu = "no chip";
    print_hex("info", out, open_lift_encode_info(out, sizeof out, &info));
    print_hex("short", out, open_lift_encode_info(out, 20, &info));
}

static void begin(void)
{
    unsigned type, wanted;
    int acc_end, gyr_end;
    if (scanf("%u %u %d %d", &type, &wanted, &acc_end, &gyr_end) != 4) {
        exit(1);
    }
    open_lift_begin(&packet, (uint8_t)type, (uint8_t)wanted, info.config_id, (int16_t)acc_end,
                    (int16_t)gyr_end);
}

static void add(void)
{
    int16_t words[10];
    int i, value;
    for (i = 0; i < 10; i++) {
        if (scanf("%d", &value) != 1) {
            exit(1);
        }
        words[i] = (int16_t)value;
    }
    printf("full %d\n", open_lift_add(&packet, words, words + 3, words + 6));
}

static void finish(void)
{
    unsigned long last_us;
    unsigned period, flags;
    uint32_t first_us;
    if (scanf("%lu %u %u", &last_us, &period, &flags) != 3) {
        exit(1);
    }
    first_us = open_lift_first_us((uint32_t)last_us, packet.samples, (uint16_t)period);
    print_hex("packet", packet.bytes,
              open_lift_finish(&packet, first_us, (uint16_t)period, (uint8_t)flags));
}

static void obey(const char *hex)
{
    uint8_t data[32], out[OPEN_LIFT_ANSWER_LIMIT], status;
    size_t length = 0;
    unsigned byte;
    open_lift_command command;
    for (; length < sizeof data && sscanf(hex + 2 * length, "%2x", &byte) == 1; length++) {
        data[length] = (uint8_t)byte;
    }
    status = open_lift_read_command(data, length, &command);
    if (status == OPEN_LIFT_DONE && command.code == OPEN_LIFT_START) {
        status = open_lift_check_start(&command, &info);
    }
    if (status != OPEN_LIFT_DONE) {
        length = open_lift_answer(out, command.code, status);
    } else if (command.code == OPEN_LIFT_START) {
        length = open_lift_answer_start(out, info.config_id, command.rate_hz);
    } else if (command.code == OPEN_LIFT_TIME) {
        length = open_lift_answer_time(out, command.host_ns, 0x01020304u);
    } else if (command.code == OPEN_LIFT_RANGES) {
        printf("ranges %u %u\n", command.acc_range_g, command.gyr_range_dps);
        length = open_lift_answer_ranges(out, info.config_id);
    } else {
        printf("seconds %u\n", command.seconds);
        length = open_lift_answer(out, command.code, status);
    }
    print_hex("answer", out, length);
}

int main(void)
{
    char what[16], hex[80];
    unsigned over, under, elapsed, samples;
    uint32_t period_x256;
    int32_t q30;
    while (scanf("%15s", what) == 1) {
        switch (what[0]) {
        case 'i': say_info(); break;
        case 'b': begin(); break;
        case 's': add(); break;
        case 'f': finish(); break;
        case 'l': open_lift_note_loss(&packet); break;
        case 'c':
            if (scanf("%79s", hex) == 1) {
                obey(hex);
            }
            break;
        case 'r':
            if (scanf("%u %u", &over, &under) == 2) {
                printf("float %08" PRIx32 "\n", open_lift_f32(over, under));
            }
            break;
        case 'p':
            if (scanf("%" SCNu32 " %u %u", &period_x256, &elapsed, &samples) == 3) {
                printf("period %" PRIu32 "\n",
                       open_lift_measure_period(period_x256, elapsed, (uint16_t)samples));
            }
            break;
        case 'q':
            if (scanf("%" SCNd32, &q30) == 1) {
                printf("q15 %d\n", open_lift_q15(q30));
            }
            break;
        default: return 1;
        }
    }
    return 0;
}

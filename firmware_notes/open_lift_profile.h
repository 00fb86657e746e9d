/*
 * The open lift-IMU profile, version 1, for whoever writes a board's program.
 * The specification is open_lift_profile.md; this header encodes it and decides nothing else.
 *
 * C99 or C++11, header only. No allocation, no floating point, no dependency, no global state.
 * Bytes are written one by one, so any byte order and any alignment will do.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef OPEN_LIFT_PROFILE_H
#define OPEN_LIFT_PROFILE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OPEN_LIFT_VERSION 1

#define OPEN_LIFT_SERVICE_UUID "eb0a0001-637a-4d45-a0eb-46f92eab61e6"
#define OPEN_LIFT_STREAM_UUID "eb0a0002-637a-4d45-a0eb-46f92eab61e6"
#define OPEN_LIFT_CONTROL_UUID "eb0a0003-637a-4d45-a0eb-46f92eab61e6"
#define OPEN_LIFT_INFO_UUID "eb0a0004-637a-4d45-a0eb-46f92eab61e6"

/* Sizes, bytes: what one notification holds at an MTU of 247, a packet's header, the longest answer. */
#define OPEN_LIFT_PACKET_LIMIT 244
#define OPEN_LIFT_PACKET_HEADER 12
#define OPEN_LIFT_ANSWER_LIMIT 14

/* The ATT error for a write of nothing to Control: there is no command to answer. */
#define OPEN_LIFT_ATT_INVALID_LENGTH 0x0D

/* Packet types. */
enum { OPEN_LIFT_ACC_GYR = 0, OPEN_LIFT_ACC_GYR_QUATERNION = 1, OPEN_LIFT_QUATERNION = 2 };

/* Bits of a packet's flags. The header sets the clip bits and LOST by itself. */
enum {
    OPEN_LIFT_ACC_CLIPPED = 1 << 0,
    OPEN_LIFT_GYR_CLIPPED = 1 << 1,
    OPEN_LIFT_LOST = 1 << 2,
    OPEN_LIFT_USES_MAGNETOMETER = 1 << 3,
    OPEN_LIFT_BIAS_CORRECTED = 1 << 4,
    OPEN_LIFT_LAST = 1 << 7
};

/* First byte of a command. */
enum {
    OPEN_LIFT_START = 1,
    OPEN_LIFT_STOP = 2,
    OPEN_LIFT_TIME = 3,
    OPEN_LIFT_IDENTIFY = 4,
    OPEN_LIFT_ZERO = 5,
    OPEN_LIFT_RANGES = 6
};

/* Second byte of an answer. */
enum {
    OPEN_LIFT_DONE = 0,
    OPEN_LIFT_UNKNOWN_COMMAND = 1,
    OPEN_LIFT_WRONG_LENGTH = 2,
    OPEN_LIFT_NOT_SUPPORTED = 3,
    OPEN_LIFT_NOT_NOW = 4
};

/* ---- Little-endian ------------------------------------------------------------------------------ */

static inline uint8_t *open_lift_put(uint8_t *at, uint64_t value, int bytes)
{
    int i;
    for (i = 0; i < bytes; i++) {
        *at++ = (uint8_t)(value >> (8 * i) & 0xFFu);
    }
    return at;
}

static inline uint64_t open_lift_get(const uint8_t *at, int bytes)
{
    uint64_t value = 0;
    int i;
    for (i = 0; i < bytes; i++) {
        value |= (uint64_t)at[i] << (8 * i);
    }
    return value;
}

/* ---- Info --------------------------------------------------------------------------------------- */

/*
 * The bits of the float nearest to numerator / denominator, without any floating point: 0.07 deg/s a
 * count is open_lift_f32(70, 1000). 0 when either is 0.
 */
static inline uint32_t open_lift_f32(uint32_t numerator, uint32_t denominator)
{
    uint64_t over = numerator, under = denominator, quotient, rest;
    int exponent = 0;
    if (numerator == 0 || denominator == 0) {
        return 0;
    }
    while (over / under >= (1u << 24)) { /* 24 bits before the point and no more, */
        under <<= 1;
        exponent++;
    }
    while (over / under < (1u << 23)) { /* and no fewer */
        over <<= 1;
        exponent--;
    }
    quotient = over / under;
    rest = over % under;
    if (2 * rest > under || (2 * rest == under && (quotient & 1))) {
        quotient++; /* to the nearest, of two equally near ones to the even one */
    }
    if (quotient == (1u << 24)) {
        quotient >>= 1;
        exponent++;
    }
    return (uint32_t)(((uint32_t)(exponent + 127 + 23) << 23) | (uint32_t)(quotient & 0x7FFFFFu));
}

typedef struct {
    uint8_t config_id;       /* change it whenever the rate or a range changes */
    uint16_t rate_hz;        /* as set now */
    uint32_t boot_id;        /* a new random number at each start of the board */
    uint32_t acc_lsb_g;      /* g for each count, bits of a float: see open_lift_f32 */
    uint32_t gyr_lsb_dps;    /* deg/s for each count, bits of a float */
    uint16_t acc_range_g;    /* as set now */
    uint16_t gyr_range_dps;  /* as set now */
    uint8_t types;           /* bit i: packets of type i can be sent */
    uint8_t rate_count;      /* how many rates follow */
    const uint16_t *rates_hz;
    const char *board;       /* UTF-8, at most 255 bytes each */
    const char *imu;
} open_lift_info;

static inline uint8_t *open_lift_put_text(uint8_t *at, const char *text, size_t length)
{
    *at++ = (uint8_t)length;
    memcpy(at, text, length);
    return at + length;
}

/* Write what Info says; its length, or 0 when it does not fit into `room` bytes. */
static inline size_t open_lift_encode_info(uint8_t *out, size_t room, const open_lift_info *info)
{
    size_t board = strlen(info->board), imu = strlen(info->imu);
    uint8_t *at = out;
    int i;
    if (board > 255 || imu > 255 || 24 + 2 * (size_t)info->rate_count + board + imu > room) {
        return 0;
    }
    at = open_lift_put(at, OPEN_LIFT_VERSION, 1);
    at = open_lift_put(at, info->config_id, 1);
    at = open_lift_put(at, info->rate_hz, 2);
    at = open_lift_put(at, info->boot_id, 4);
    at = open_lift_put(at, info->acc_lsb_g, 4);
    at = open_lift_put(at, info->gyr_lsb_dps, 4);
    at = open_lift_put(at, info->acc_range_g, 2);
    at = open_lift_put(at, info->gyr_range_dps, 2);
    at = open_lift_put(at, info->types, 1);
    at = open_lift_put(at, info->rate_count, 1);
    for (i = 0; i < info->rate_count; i++) {
        at = open_lift_put(at, info->rates_hz[i], 2);
    }
    at = open_lift_put_text(at, info->board, board);
    at = open_lift_put_text(at, info->imu, imu);
    return (size_t)(at - out);
}

/* ---- Stream ------------------------------------------------------------------------------------- */

/* Bytes of a sample of a packet type; 0 for a type that there is not. */
static inline int open_lift_sample_bytes(uint8_t type)
{
    switch (type) {
    case OPEN_LIFT_ACC_GYR: return 12;
    case OPEN_LIFT_ACC_GYR_QUATERNION: return 20;
    case OPEN_LIFT_QUATERNION: return 8;
    default: return 0;
    }
}

/* Most samples in a packet of a type; 0 for a type that there is not. */
static inline int open_lift_most_samples(uint8_t type)
{
    int bytes = open_lift_sample_bytes(type);
    return bytes ? (OPEN_LIFT_PACKET_LIMIT - OPEN_LIFT_PACKET_HEADER) / bytes : 0;
}

/* A packet in the making. Zero it once at boot: the sequence counts on from one stream to the next. */
typedef struct {
    uint8_t bytes[OPEN_LIFT_PACKET_LIMIT];
    uint16_t sequence;
    uint8_t type, samples, wanted, flags, config_id;
    int16_t acc_end, gyr_end;
} open_lift_packet;

/*
 * Begin a stream.
 *
 * type, wanted      as the start command says, checked by open_lift_check_start
 * config_id         as in Info
 * acc_end, gyr_end  counts, of either sign, at which the chip stands at the end of its range
 */
static inline void open_lift_begin(open_lift_packet *packet, uint8_t type, uint8_t wanted,
                                   uint8_t config_id, int16_t acc_end, int16_t gyr_end)
{
    packet->type = type;
    packet->wanted = wanted;
    packet->config_id = config_id;
    packet->acc_end = acc_end;
    packet->gyr_end = gyr_end;
    packet->samples = 0;
    packet->flags = 0;
}

static inline uint8_t *open_lift_put_words(uint8_t *at, const int16_t *words, int count)
{
    int i;
    for (i = 0; i < count; i++) {
        at = open_lift_put(at, (uint16_t)words[i], 2);
    }
    return at;
}

static inline int open_lift_is_at_end(const int16_t *words, int16_t end)
{
    int i;
    for (i = 0; i < 3; i++) {
        if (words[i] >= end || words[i] <= -end) {
            return 1;
        }
    }
    return 0;
}

/*
 * Add a sample: acc and gyr x, y, z in counts, wxyz a quaternion in Q15; what the packet's type does
 * not hold may be NULL. Returns 1 when the packet is full and has to be finished, else 0. A sample for
 * which there is no room is counted as lost.
 */
static inline int open_lift_add(open_lift_packet *packet, const int16_t *acc, const int16_t *gyr,
                                const int16_t *wxyz)
{
    uint8_t *at = packet->bytes + OPEN_LIFT_PACKET_HEADER
                  + packet->samples * open_lift_sample_bytes(packet->type);
    if (packet->samples >= open_lift_most_samples(packet->type)) {
        packet->flags |= OPEN_LIFT_LOST;
        return 1;
    }
    if (packet->type != OPEN_LIFT_QUATERNION) {
        at = open_lift_put_words(at, acc, 3);
        at = open_lift_put_words(at, gyr, 3);
        if (open_lift_is_at_end(acc, packet->acc_end)) {
            packet->flags |= OPEN_LIFT_ACC_CLIPPED;
        }
        if (open_lift_is_at_end(gyr, packet->gyr_end)) {
            packet->flags |= OPEN_LIFT_GYR_CLIPPED;
        }
    }
    if (packet->type != OPEN_LIFT_ACC_GYR) {
        open_lift_put_words(at, wxyz, 4);
    }
    packet->samples++;
    return packet->samples >= packet->wanted;
}

/* Note that samples were lost before this packet: the FIFO overflowed, or notifying failed. */
static inline void open_lift_note_loss(open_lift_packet *packet)
{
    packet->flags |= OPEN_LIFT_LOST;
}

/*
 * Finish the packet: write its header; its length, or 0 when there is no sample in it. Notify the bytes
 * before the next open_lift_add. When notifying fails call open_lift_note_loss; the sequence has counted.
 *
 * first_us   when its first sample was taken, on a clock of microseconds that runs from boot and wraps
 * period_us  the sample period as measured, not the nominal one
 * flags      OPEN_LIFT_LAST, OPEN_LIFT_BIAS_CORRECTED, OPEN_LIFT_USES_MAGNETOMETER, or 0
 */
static inline size_t open_lift_finish(open_lift_packet *packet, uint32_t first_us, uint16_t period_us,
                                      uint8_t flags)
{
    size_t length = (size_t)(OPEN_LIFT_PACKET_HEADER
                             + packet->samples * open_lift_sample_bytes(packet->type));
    uint8_t *at = packet->bytes;
    if (packet->samples == 0) {
        return 0;
    }
    at = open_lift_put(at, (uint8_t)(OPEN_LIFT_VERSION << 4 | packet->type), 1);
    at = open_lift_put(at, packet->samples, 1);
    at = open_lift_put(at, packet->sequence, 2);
    at = open_lift_put(at, first_us, 4);
    at = open_lift_put(at, period_us, 2);
    at = open_lift_put(at, packet->config_id, 1);
    open_lift_put(at, (uint8_t)(packet->flags | flags), 1);
    packet->sequence++;
    packet->samples = 0;
    packet->flags = 0;
    return length;
}

/* When the first of `samples` samples was taken, from when the last one was; wraps as the clock does. */
static inline uint32_t open_lift_first_us(uint32_t last_us, uint8_t samples, uint16_t period_us)
{
    return last_us - (uint32_t)(samples - 1) * period_us;
}

/*
 * The sample period in 1/256 us, measured on: begin with the nominal one, then hand in after each
 * reading of the FIFO how long it is since the one before and how many samples came. Follows within
 * some 16 readings. The period for a packet is (period_x256 + 128) / 256.
 */
static inline uint32_t open_lift_measure_period(uint32_t period_x256, uint32_t elapsed_us,
                                                uint16_t samples)
{
    int32_t off;
    if (samples == 0 || elapsed_us > 0x400000u) {
        return period_x256;
    }
    off = (int32_t)(elapsed_us * 256u / samples) - (int32_t)period_x256;
    return (uint32_t)((int32_t)period_x256 + off / 16);
}

/* One component of a unit quaternion: Q30 to Q15, rounded; 1.0, which does not fit, becomes 32767. */
static inline int16_t open_lift_q15(int32_t q30)
{
    int64_t rounded = ((int64_t)q30 + ((int64_t)1 << 30) * 2 + 0x4000) / 0x8000 - 0x10000;
    if (rounded > 32767) {
        return 32767;
    }
    return (int16_t)(rounded < -32768 ? -32768 : rounded);
}

/* ---- Control ------------------------------------------------------------------------------------ */

/* A command; only what belongs to its code is set, the rest is 0. */
typedef struct {
    uint8_t code;
    uint16_t rate_hz;                    /* start */
    uint8_t type, samples;               /* start */
    uint64_t host_ns;                    /* time */
    uint8_t seconds;                     /* identify */
    uint16_t acc_range_g, gyr_range_dps; /* ranges */
} open_lift_command;

/*
 * Read what was written to Control, at least one byte (refuse a write of nothing with the ATT error
 * OPEN_LIFT_ATT_INVALID_LENGTH). Anything but OPEN_LIFT_DONE goes into the answer as it is.
 */
static inline uint8_t open_lift_read_command(const uint8_t *data, size_t length,
                                             open_lift_command *command)
{
    static const uint8_t LENGTHS[] = {0, 5, 1, 9, 2, 1, 5};
    memset(command, 0, sizeof *command);
    if (length == 0) {
        return OPEN_LIFT_WRONG_LENGTH;
    }
    command->code = data[0];
    if (data[0] < OPEN_LIFT_START || data[0] > OPEN_LIFT_RANGES) {
        return OPEN_LIFT_UNKNOWN_COMMAND;
    }
    if (length != LENGTHS[data[0]]) {
        return OPEN_LIFT_WRONG_LENGTH;
    }
    switch (data[0]) {
    case OPEN_LIFT_START:
        command->rate_hz = (uint16_t)open_lift_get(data + 1, 2);
        command->type = data[3];
        command->samples = data[4];
        break;
    case OPEN_LIFT_TIME:
        command->host_ns = open_lift_get(data + 1, 8);
        break;
    case OPEN_LIFT_IDENTIFY:
        command->seconds = data[1];
        break;
    case OPEN_LIFT_RANGES:
        command->acc_range_g = (uint16_t)open_lift_get(data + 1, 2);
        command->gyr_range_dps = (uint16_t)open_lift_get(data + 3, 2);
        break;
    default:
        break;
    }
    return OPEN_LIFT_DONE;
}

/* Say whether a start asks for what Info offers: OPEN_LIFT_DONE or OPEN_LIFT_NOT_SUPPORTED. */
static inline uint8_t open_lift_check_start(const open_lift_command *start, const open_lift_info *info)
{
    int i, most = open_lift_most_samples(start->type);
    if (most == 0 || !(info->types >> start->type & 1) || start->samples < 1 || start->samples > most) {
        return OPEN_LIFT_NOT_SUPPORTED;
    }
    for (i = 0; i < info->rate_count; i++) {
        if (info->rates_hz[i] == start->rate_hz) {
            return OPEN_LIFT_DONE;
        }
    }
    return OPEN_LIFT_NOT_SUPPORTED;
}

/* Each of these writes an answer and gives its length; `out` has room for OPEN_LIFT_ANSWER_LIMIT. */

/* To stop, identify and zero, and to any command that failed. */
static inline size_t open_lift_answer(uint8_t *out, uint8_t code, uint8_t status)
{
    out[0] = (uint8_t)(0x80u | code);
    out[1] = status;
    return 2;
}

/* To a start that was done. */
static inline size_t open_lift_answer_start(uint8_t *out, uint8_t config_id, uint16_t rate_hz)
{
    size_t length = open_lift_answer(out, OPEN_LIFT_START, OPEN_LIFT_DONE);
    uint8_t *at = open_lift_put(out + length, config_id, 1);
    return (size_t)(open_lift_put(at, rate_hz, 2) - out);
}

/* To time: the host's time as it came, and the board's when the command came. */
static inline size_t open_lift_answer_time(uint8_t *out, uint64_t host_ns, uint32_t device_us)
{
    size_t length = open_lift_answer(out, OPEN_LIFT_TIME, OPEN_LIFT_DONE);
    uint8_t *at = open_lift_put(out + length, host_ns, 8);
    return (size_t)(open_lift_put(at, device_us, 4) - out);
}

/* To ranges that were set. */
static inline size_t open_lift_answer_ranges(uint8_t *out, uint8_t config_id)
{
    size_t length = open_lift_answer(out, OPEN_LIFT_RANGES, OPEN_LIFT_DONE);
    return (size_t)(open_lift_put(out + length, config_id, 1) - out);
}

#ifdef __cplusplus
}
#endif

#endif

// The same kernels on a CPU, to be tested where no GPU is: a block's threads are fibers that change places at barriers and shuffles.
#pragma once
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstring>
#include <deque>
#include <ucontext.h>
#include <utility>
#include <vector>

#define __global__
#define __device__
#define __shared__ static
#define __launch_bounds__(...)
#define INLINE static inline

namespace host
{
// A fiber is entered by its context, once; from then on it changes places by jumps, which ask nothing of the operating system, and serves thread after thread.
struct Fiber
{
    ucontext_t context;
    jmp_buf place;
    std::vector<char> stack;
    bool entered = false, done = false;
};

struct Gate
{
    unsigned arrived = 0, generation = 0;
};

static std::deque<Fiber> fibers;
static jmp_buf scheduler;
static unsigned current, threads, blocks, block;
static Gate block_gate;
static std::vector<Gate> warp_gates;
static std::vector<uint32_t> lanes;
static std::vector<float> published[2];
static std::vector<unsigned> turns;
static void (*body)(void*);
static void* body_argument;

[[gnu::noinline]] static void leave()
{
    if (!_setjmp(fibers[current].place))
        _longjmp(scheduler, 1);
}

[[gnu::noinline]] static void visit()
{
    if (_setjmp(scheduler))
        return;
    Fiber& fiber = fibers[current];
    if (fiber.entered)
        _longjmp(fiber.place, 1);
    fiber.entered = true;
    setcontext(&fiber.context);
}

static void wait(Gate& gate, unsigned count)
{
    unsigned generation = gate.generation;
    if (++gate.arrived == count)
    {
        gate.arrived = 0;
        gate.generation++;
        return;
    }
    while (gate.generation == generation)
        leave();
}

static void wait_warp() { wait(warp_gates[current / 32], 32); }

static void enter()
{
    for (;;)
    {
        body(body_argument);
        fibers[current].done = true;
        leave();
    }
}

static void add_fiber()
{
    Fiber& fiber = fibers.emplace_back();
    fiber.stack.resize(1 << 16);
    getcontext(&fiber.context);
    fiber.context.uc_stack = {fiber.stack.data(), 0, fiber.stack.size()};
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, enter, 0);
}

static void run_block()
{
    block_gate = Gate();
    warp_gates.assign((threads + 31) / 32, Gate());
    for (unsigned i = 0; i < threads; i++)
        fibers[i].done = false;
    for (bool more = true; more;)
    {
        more = false;
        for (current = 0; current < threads; current++)
            if (!fibers[current].done)
            {
                visit();
                more |= !fibers[current].done;
            }
    }
}

template <typename F> void run(F f, unsigned block_total, unsigned thread_total)
{
    threads = thread_total;
    blocks = block_total;
    lanes.assign(threads, 0);
    turns.assign(threads, 0);
    for (auto& now : published)
        now.resize(6 * threads);
    while (fibers.size() < threads)
        add_fiber();
    body = [](void* argument) { (*static_cast<F*>(argument))(); };
    body_argument = &f;
    for (block = 0; block < blocks; block++)
        run_block();
}

template <typename T> T load(const uint64_t* slot)
{
    T value;
    memcpy(&value, slot, sizeof(T));
    return value;
}

template <typename... A, size_t... I> void call(void (*kernel)(A...), const uint64_t* slots, std::index_sequence<I...>) { kernel(load<A>(slots + I)...); }

template <typename... A> void launch(void (*kernel)(A...), const uint64_t* slots, unsigned blocks, unsigned threads)
{
    run([=] { call(kernel, slots, std::make_index_sequence<sizeof...(A)>()); }, blocks, threads);
}

// What all 32 lanes of the warp publish, until the lane publishes the next but one.
inline const float (*publish(const float (&mine)[6]))[6]
{
    auto& now = published[turns[current]++ % 2];
    memcpy(&now[6 * current], mine, sizeof mine);
    wait_warp();
    return (const float(*)[6])&now[current / 32 * 32 * 6];
}

template <typename T> T exchange(T value, int from)
{
    memcpy(&lanes[current], &value, 4);
    wait_warp();
    T result;
    memcpy(&result, &lanes[current / 32 * 32 + from], 4);
    wait_warp();
    return result;
}

// One bit for each lane of the warp whose value is like this.
template <typename F> unsigned lanes_where(int value, F like)
{
    lanes[current] = (uint32_t)value;
    wait_warp();
    unsigned found = 0;
    for (int lane = 0; lane < 32; lane++)
        found |= (like((int)lanes[current / 32 * 32 + lane]) ? 1u : 0u) << lane;
    wait_warp();
    return found;
}
}

#define KERNEL(name) \
    extern "C" void host_##name(const uint64_t* slots, unsigned blocks, unsigned threads) { host::launch(name, slots, blocks, threads); }

INLINE unsigned thread_index() { return host::current; }
INLINE unsigned block_index() { return host::block; }
INLINE unsigned block_size() { return host::threads; }
INLINE unsigned block_count() { return host::blocks; }
INLINE void block_barrier() { host::wait(host::block_gate, host::threads); }
INLINE float shuffle(float value, int lane) { return host::exchange(value, lane & 31); }
INLINE float shuffle_up(float value, int by) { int lane = host::current & 31; return host::exchange(value, lane >= by ? lane - by : lane); }
INLINE float shuffle_down(float value, int by) { int lane = host::current & 31; return host::exchange(value, lane + by < 32 ? lane + by : lane); }
INLINE float exchange(float value, int with) { return host::exchange(value, (host::current & 31) ^ with); }
INLINE unsigned lanes_that(int condition) { return host::lanes_where(condition, [](int c) { return c != 0; }); }
INLINE int count_of(int condition) { return __builtin_popcount(lanes_that(condition)); }
INLINE int any_of(int condition) { return lanes_that(condition) != 0; }
INLINE unsigned peers_of(int value) { return host::lanes_where(value, [=](int other) { return other == value; }); }
INLINE void warp_barrier() { host::wait_warp(); }
INLINE int shuffle(int value, int lane) { return host::exchange(value, lane & 31); }
INLINE int shuffle_up(int value, int by) { int lane = host::current & 31; return host::exchange(value, lane >= by ? lane - by : lane); }
INLINE unsigned bits_of(float value) { return __builtin_bit_cast(unsigned, value); }
INLINE float float_of(unsigned bits) { return __builtin_bit_cast(float, bits); }
INLINE int take(int* from, int count) { int before = *from; *from += count; return before; }
INLINE void keep_least(unsigned long long* to, unsigned long long value) { if (value < *to) *to = value; }
INLINE void add(float* to, float value) { *to += value; }
INLINE void add(double* to, double value) { *to += value; }
INLINE void add(int* to, int value) { *to += value; }
INLINE void add_pair(float* to, float first, float second) { to[0] += first; to[1] += second; }
INLINE float exponential(float x) { return expf(x); }
INLINE float logarithm(float x) { return logf(x); }
INLINE float square_root(float x) { return sqrtf(x); }
INLINE float reciprocal(float x) { return 1 / x; }
INLINE float fused(float a, float b, float c) { return fmaf(a, b, c); }
INLINE float smaller(float a, float b) { return fminf(a, b); }
INLINE float larger(float a, float b) { return fmaxf(a, b); }

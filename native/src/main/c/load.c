/* SPDX-License-Identifier: Apache-2.0 */
/* A busy neighbour: threads that move memory, and time what that is like for them. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "affinity.h"
#include "clock.h"
#include "pattern.h"

#define LINE_BYTES 64u
#define LANES (LINE_BYTES / sizeof(lane))
#define MOST_ARRAYS 3u
#define MOST_THREADS 4096u
#define LEAST_BYTES (1ull << 20)

/* Of one array, between two looks at the clock and at whether to stop. */
#define CHUNK_LINES 4096u
/* Chunks from one chain to the next: 1 MiB of an array, so that chains add little traffic. */
#define CHUNKS_PER_CHAIN 4u
/* Chains that a thread keeps until somebody takes them. */
#define KEPT_CHAINS (1u << 18)
/* Shorter rests are saved up: a sleep overshoots by some 50 microseconds. */
#define LEAST_REST_NS 1000000
#define NAP_NS 100000

/* What the ring of one thread and its counters must not share with another's. */
#define APART _Alignas(128)

typedef double lane __attribute__((vector_size(16)));

struct line {
	lane lanes[LANES];
};

/* A node of the ring that chains go along, alone on its cache line. */
struct node {
	const struct node *next;
	uint8_t rest[LINE_BYTES - sizeof(void *)];
};

struct load_thread {
	/* Set before the thread starts. */
	const struct load_kind *kind;
	struct p2p_load *load;
	bool random;
	uint32_t cpu;
	uint64_t lines; /* of one array */
	uint64_t nodes; /* of the ring, a power of two */
	uint64_t seed;
	pthread_t thread;
	/* The thread's own. */
	struct line *arrays[MOST_ARRAYS];
	const struct node *at; /* where the last chain ended */
	struct pattern order;
	int error;
	/* Written by the thread, read by others. */
	APART _Atomic uint64_t bytes;
	_Atomic uint64_t kept; /* chains written to the ring buffer */
	uint32_t *chains;      /* KEPT_CHAINS durations */
	/* Written by whoever takes chains. */
	APART _Atomic uint64_t taken;
};

struct p2p_load {
	struct load_thread *threads;
	uint32_t count;
	uint32_t share_percent;
	sem_t ready;
	_Atomic bool stop;
};

/* ---- what is done to a line ------------------------------------------------ */

static const double factor = 3.0;

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE void read_line(struct line *const *arrays, uint64_t i, lane *sum)
{
	for (unsigned j = 0; j < LANES; j++)
		sum[j] += arrays[0][i].lanes[j];
}

ALWAYS_INLINE void write_line(struct line *const *arrays, uint64_t i, lane *sum)
{
	for (unsigned j = 0; j < LANES; j++)
		arrays[0][i].lanes[j] = sum[j];
}

ALWAYS_INLINE void copy_line(struct line *const *arrays, uint64_t i, lane *sum)
{
	(void)sum;
	for (unsigned j = 0; j < LANES; j++)
		arrays[0][i].lanes[j] = arrays[1][i].lanes[j];
}

ALWAYS_INLINE void triad_line(struct line *const *arrays, uint64_t i, lane *sum)
{
	(void)sum;
	for (unsigned j = 0; j < LANES; j++)
		arrays[0][i].lanes[j] = arrays[1][i].lanes[j] + factor * arrays[2][i].lanes[j];
}

/* One chunk in the thread's order. Inlined with a constant 'each', it is a loop of its own. */
ALWAYS_INLINE void walk(struct load_thread *thread,
			void (*each)(struct line *const *, uint64_t, lane *))
{
	struct line *const arrays[MOST_ARRAYS] = {thread->arrays[0], thread->arrays[1],
						  thread->arrays[2]};
	struct pattern order = thread->order;
	lane sum[LANES] = {{0}};

	if (order.random) {
		for (uint32_t i = 0; i < CHUNK_LINES; i++)
			each(arrays, pattern_next(&order), sum);
	} else {
		/* The arrays are whole chunks: none ends within one. */
		for (uint64_t i = order.next; i < order.next + CHUNK_LINES; i++)
			each(arrays, i, sum);
		order.next += CHUNK_LINES;
		if (order.next == order.blocks)
			order.next = 0;
	}
	thread->order = order;
	/* The sums are wanted, and the stores: the compiler must not leave either out. */
	__asm__ volatile("" : : "r"(sum) : "memory");
}

static void read_chunk(struct load_thread *thread)
{
	walk(thread, read_line);
}

static void write_chunk(struct load_thread *thread)
{
	walk(thread, write_line);
}

static void copy_chunk(struct load_thread *thread)
{
	walk(thread, copy_line);
}

static void triad_chunk(struct load_thread *thread)
{
	walk(thread, triad_line);
}

struct load_kind {
	uint32_t arrays; /* also how often a line counts */
	void (*chunk)(struct load_thread *thread);
};

/* Indexed by enum p2p_load_kind. */
static const struct load_kind kinds[] = {
	[P2P_LOAD_READ] = {1, read_chunk},
	[P2P_LOAD_WRITE] = {1, write_chunk},
	[P2P_LOAD_COPY] = {2, copy_chunk},
	[P2P_LOAD_TRIAD] = {3, triad_chunk},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* ---- the memory of a thread ------------------------------------------------ */

static void *map_lines(uint64_t bytes)
{
	void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	/* Where the system has none to give the load works on base pages. */
	madvise(start, bytes, MADV_HUGEPAGE);
	return start;
}

/*
 * Links the nodes to one ring in an order that no prefetcher follows: node i to node
 * a * i + c modulo a power of two, a single cycle where c is odd and a - 1 a multiple of
 * 4 (Hull and Dobell 1962). Written in order, hence fast.
 */
static void link_ring(struct node *ring, uint64_t nodes)
{
	for (uint64_t i = 0; i < nodes; i++)
		ring[i].next =
			&ring[(6364136223846793005ull * i + 1442695040888963407ull) & (nodes - 1)];
}

static uint64_t array_bytes(const struct load_thread *thread)
{
	return thread->lines * LINE_BYTES;
}

static void unmap_all(struct load_thread *thread, struct node *ring)
{
	for (uint32_t i = 0; i < thread->kind->arrays; i++) {
		if (thread->arrays[i])
			munmap(thread->arrays[i], array_bytes(thread));
	}
	if (ring)
		munmap(ring, thread->nodes * LINE_BYTES);
	free(thread->chains);
}

/* Written, not read: pages that were only read are one and the same page of zeros. */
static void fill(struct line *array, uint64_t lines)
{
	for (uint64_t i = 0; i < lines; i++)
		for (unsigned j = 0; j < LANES; j++)
			array[i].lanes[j] = (lane){1.0, 1.0};
}

static int map_all(struct load_thread *thread, struct node **ring)
{
	*ring = map_lines(thread->nodes * LINE_BYTES);
	thread->chains = malloc(KEPT_CHAINS * sizeof(*thread->chains));
	if (!*ring || !thread->chains)
		return -ENOMEM;
	for (uint32_t i = 0; i < KEPT_CHAINS; i++)
		thread->chains[i] = 0;
	link_ring(*ring, thread->nodes);
	for (uint32_t i = 0; i < thread->kind->arrays; i++) {
		thread->arrays[i] = map_lines(array_bytes(thread));
		if (!thread->arrays[i])
			return -ENOMEM;
		fill(thread->arrays[i], thread->lines);
	}
	thread->at = *ring;
	pattern_open(&thread->order, thread->random, thread->lines, thread->seed);
	return 0;
}

/* ---- the loop --------------------------------------------------------------- */

static void time_chain(struct load_thread *thread, const struct stamp_clock *clock)
{
	uint64_t kept = atomic_load_explicit(&thread->kept, memory_order_relaxed);
	uint64_t taken = atomic_load_explicit(&thread->taken, memory_order_acquire);
	const struct node *at = thread->at;
	uint64_t start, ns;

	start = stamp_fenced_ns(clock);
	for (unsigned i = 0; i < P2P_LOAD_CHAIN_LOADS; i++) {
		at = at->next;
		/* Each load waits for the one before it, also where the compiler sees further. */
		__asm__ volatile("" : "+r"(at));
	}
	ns = stamp_fenced_ns(clock) - start;
	thread->at = at;
	if (kept - taken == KEPT_CHAINS)
		return;
	thread->chains[kept % KEPT_CHAINS] = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
	atomic_store_explicit(&thread->kept, kept + 1, memory_order_release);
}

static void sleep_ns(int64_t ns)
{
	struct timespec rest = {ns / (int64_t)NS_PER_S, ns % (int64_t)NS_PER_S};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, NULL);
}

/* CPU time of this thread: while another one has its CPU it does not move, and owes no rest. */
static uint64_t used_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * NS_PER_S + (uint64_t)used.tv_nsec;
}

/* Rests what is owed, and takes what the sleep was too long off what will be owed. */
static void rest(int64_t *owed_ns, const struct stamp_clock *clock)
{
	uint64_t start;

	if (*owed_ns < LEAST_REST_NS)
		return;
	start = stamp_now_ns(clock);
	sleep_ns(*owed_ns);
	*owed_ns -= (int64_t)(stamp_now_ns(clock) - start);
}

static void move(struct load_thread *thread)
{
	const struct stamp_clock *clock = stamp_clock_get();
	struct p2p_load *load = thread->load;
	uint32_t share = load->share_percent;
	uint64_t chunk_bytes = (uint64_t)CHUNK_LINES * LINE_BYTES * thread->kind->arrays;
	uint64_t bytes = 0, began = share < 100 ? used_ns() : 0;
	int64_t owed_ns = 0;

	for (uint32_t chunks = 1; !atomic_load_explicit(&load->stop, memory_order_relaxed);
	     chunks++) {
		thread->kind->chunk(thread);
		bytes += chunk_bytes;
		atomic_store_explicit(&thread->bytes, bytes, memory_order_relaxed);
		if (chunks % CHUNKS_PER_CHAIN == 0)
			time_chain(thread, clock);
		if (share < 100) {
			uint64_t now = used_ns();

			owed_ns += (int64_t)((now - began) * (100 - share) / share);
			rest(&owed_ns, clock);
			began = now;
		}
	}
}

static void *thread_main(void *argument)
{
	struct load_thread *thread = argument;
	struct node *ring = NULL;

	thread->error = p2p_cpus_restrict(&thread->cpu, 1);
	if (!thread->error)
		thread->error = map_all(thread, &ring);
	if (thread->error) {
		sem_post(&thread->load->ready);
	} else {
		thread->kind->chunk(thread);
		sem_post(&thread->load->ready);
		move(thread);
	}
	unmap_all(thread, ring);
	return NULL;
}

/* ---- open and close ----------------------------------------------------------- */

static int check(uint32_t kind, uint32_t pattern, uint32_t share_percent, uint64_t thread_bytes,
		 const uint32_t *cpus, uint32_t threads)
{
	struct cpus allowed;
	int error;

	if (kind >= KINDS || pattern > P2P_PATTERN_RANDOM || !threads || threads > MOST_THREADS)
		return -EINVAL;
	if (!share_percent || share_percent > 100 || thread_bytes < LEAST_BYTES ||
	    thread_bytes > INT64_MAX)
		return -EINVAL;
	error = cpus_allowed(&allowed);
	if (error)
		return error;
	for (uint32_t i = 0; i < threads; i++) {
		if (cpus[i] >= MOST_CPUS || !cpus_have(&allowed, cpus[i]))
			return -EINVAL;
	}
	return 0;
}

static uint64_t power_of_two_below(uint64_t value)
{
	return 1ull << (63 - __builtin_clzll(value));
}

static void describe(struct load_thread *thread, struct p2p_load *load, uint32_t kind,
		     uint32_t pattern, uint64_t thread_bytes, uint32_t cpu)
{
	uint64_t lines = thread_bytes / LINE_BYTES / kinds[kind].arrays;

	*thread = (struct load_thread){
		.kind = &kinds[kind],
		.load = load,
		.random = pattern == P2P_PATTERN_RANDOM,
		.cpu = cpu,
		.lines = lines / CHUNK_LINES * CHUNK_LINES,
		.nodes = power_of_two_below(thread_bytes / LINE_BYTES / 4),
		.seed = (uint64_t)(thread - load->threads),
	};
}

/* Ends those of the threads that were started. */
static void end(struct p2p_load *load, uint32_t started)
{
	atomic_store(&load->stop, true);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(load->threads[i].thread, NULL);
	sem_destroy(&load->ready);
	free(load->threads);
	free(load);
}

static int start(struct p2p_load *load, uint32_t *started)
{
	int error = 0;

	for (*started = 0; *started < load->count; (*started)++) {
		struct load_thread *thread = &load->threads[*started];

		error = -pthread_create(&thread->thread, NULL, thread_main, thread);
		if (error)
			return error;
	}
	for (uint32_t i = 0; i < load->count; i++)
		while (sem_wait(&load->ready) && errno == EINTR)
			;
	for (uint32_t i = 0; i < load->count && !error; i++)
		error = load->threads[i].error;
	return error;
}

int p2p_load_open(uint32_t kind, uint32_t pattern, uint32_t share_percent, uint64_t thread_bytes,
		  const uint32_t *cpus, uint32_t threads, struct p2p_load **out)
{
	struct p2p_load *load;
	uint32_t started = 0;
	int error = check(kind, pattern, share_percent, thread_bytes, cpus, threads);

	if (error)
		return error;
	load = calloc(1, sizeof(*load));
	if (!load)
		return -ENOMEM;
	load->threads =
		aligned_alloc(_Alignof(struct load_thread), threads * sizeof(*load->threads));
	if (!load->threads) {
		free(load);
		return -ENOMEM;
	}
	load->count = threads;
	load->share_percent = share_percent;
	sem_init(&load->ready, 0, 0);
	for (uint32_t i = 0; i < threads; i++)
		describe(&load->threads[i], load, kind, pattern, thread_bytes, cpus[i]);
	error = start(load, &started);
	if (error) {
		end(load, started);
		return error;
	}
	*out = load;
	return 0;
}

void p2p_load_close(struct p2p_load *load)
{
	if (load)
		end(load, load->count);
}

/* ---- what others see -------------------------------------------------------------- */

static uint64_t bytes_moved(const struct p2p_load *load)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < load->count; i++)
		bytes += atomic_load_explicit(&load->threads[i].bytes, memory_order_relaxed);
	return bytes;
}

static uint64_t cpu_ns(const struct load_thread *thread)
{
	struct timespec used;
	clockid_t clock;

	if (pthread_getcpuclockid(thread->thread, &clock) || clock_gettime(clock, &used))
		return 0;
	return (uint64_t)used.tv_sec * NS_PER_S + (uint64_t)used.tv_nsec;
}

void p2p_load_counters(const struct p2p_load *load, uint64_t *out)
{
	out[P2P_LOAD_NOW_NS] = p2p_clock_now_ns();
	out[P2P_LOAD_BYTES] = bytes_moved(load);
	out[P2P_LOAD_CPU_NS] = 0;
	for (uint32_t i = 0; i < load->count; i++)
		out[P2P_LOAD_CPU_NS] += cpu_ns(&load->threads[i]);
}

uint32_t p2p_load_chains(struct p2p_load *load, uint64_t *out, uint32_t count)
{
	uint32_t got = 0;

	for (uint32_t i = 0; i < load->count; i++) {
		struct load_thread *thread = &load->threads[i];
		uint64_t kept = atomic_load_explicit(&thread->kept, memory_order_acquire);
		uint64_t taken = atomic_load_explicit(&thread->taken, memory_order_relaxed);

		while (taken < kept && got < count)
			out[got++] = thread->chains[taken++ % KEPT_CHAINS];
		atomic_store_explicit(&thread->taken, taken, memory_order_release);
	}
	return got;
}

void p2p_load_await(const struct p2p_load *load, uint64_t bytes)
{
	while (bytes_moved(load) < bytes)
		sleep_ns(NAP_NS);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p2pbench.h: the one public header of libp2pbench.
 *
 * The library moves blocks between two endpoints through a chunk of memory and
 * stamps the boundaries of each stage. One block moved is a *transaction*:
 *
 *     fill  (source endpoint -> buffer)   pread, or nothing for a generator
 *     copy  (staging buffer -> slot)      CPU copy, only with staging
 *     drain (slot -> target endpoint)     pwrite, or nothing for a sink
 *
 * Conventions
 *   - A function that can fail returns 0 (or a count) on success and a negative
 *     errno on failure. Results leave through pointers. Nothing is printed.
 *   - Pairs are open/close, lease/release. The closing half accepts NULL.
 *   - Lengths and offsets are bytes in uint64_t; times are nanoseconds in
 *     uint64_t on the library's clock (p2p_clock_now_ns), which counts from an
 *     arbitrary point and never goes backwards on one thread.
 *   - Handles are opaque and owned by the caller. Unless a function says
 *     otherwise, one handle may be used by one thread at a time; different
 *     handles are independent. Memory and endpoint handles may be shared by
 *     the transactors of several threads.
 *   - Structs that cross the boundary have fixed-width members, no padding and
 *     a size asserted on both sides.
 */
#ifndef P2PBENCH_H
#define P2PBENCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is built with hidden visibility: what stands here is exported. */
#pragma GCC visibility push(default)

/* Raised with every change that an older binding could not survive. */
#define P2P_ABI_VERSION 1u

/* The ABI version that the library was built with: compare before any other call. */
uint32_t p2p_abi_version(void);

/* Does nothing: the cost of a crossing is what a caller measures with it. */
void p2p_noop(void);

/* ---- clock ------------------------------------------------------------- */

enum p2p_clock_source {
	P2P_CLOCK_MONOTONIC = 0, /* clock_gettime(CLOCK_MONOTONIC) */
	P2P_CLOCK_TSC = 1,       /* time-stamp counter, invariant and calibrated */
};

/*
 * Which source stamps are taken from. The TSC is used on x86-64 where CPUID
 * leaf 0x80000007 says that it is invariant, the kernel itself trusts it
 * (current clocksource is tsc or kvm-clock) and its rate, calibrated against
 * CLOCK_MONOTONIC at first use (about 10 ms), is stable; on aarch64 the virtual counter
 * (CNTVCT) counts as such. Otherwise clock_gettime. The environment variable
 * P2PBENCH_CLOCK=monotonic forces clock_gettime. Thread-safe.
 */
uint32_t p2p_clock_source(void);

/* Now, in ns on the library's clock. Thread-safe. */
uint64_t p2p_clock_now_ns(void);

/* Takes 'count' stamps as transactions do into out[0..count), to measure what one costs. */
void p2p_clock_stamp(uint64_t *out, uint32_t count);

/* ---- memory ------------------------------------------------------------ */

enum p2p_memory_kind {
	P2P_MEMORY_RAM = 0,          /* anonymous private mapping */
	P2P_MEMORY_CMB = 1,          /* mmap of a controller's p2pmem/allocate */
	P2P_MEMORY_CMB_EMULATED = 2, /* memfd region standing in for a CMB */
};

enum p2p_page_kind {
	P2P_PAGES_BASE = 0,    /* the CPU's base pages (4 KiB on x86-64) */
	P2P_PAGES_HUGETLB = 1, /* 2 MiB pages from the hugetlb pool */
	P2P_PAGES_THP = 2,     /* 2 MiB transparent huge pages, all of the region */
};

struct p2p_memory;

/*
 * Maps 'length' bytes (rounded up to the page size asked for) of the given kind.
 *   path        allocate file of the controller for P2P_MEMORY_CMB, else NULL
 *   huge        non-zero asks for 2 MiB pages (RAM and CMB_EMULATED): hugetlb
 *               first, then transparent, then base; p2p_memory_pages says what
 *               was got, transparent ones only where /proc/self/smaps shows the
 *               whole mapping huge
 * RAM and CMB_EMULATED pages are touched before return, base pages are kept
 * from being merged into huge ones (MADV_NOHUGEPAGE). CMB pages are not touched.
 * Errors: -EINVAL bad kind, zero length, huge pages of a CMB, or a path where none
 * belongs (or none where one does); -ENOENT,
 * -EACCES from the allocate file; -ENOMEM no contiguous room in the CMB, or no
 * memory; -ENODEV the device is going away.
 */
int p2p_memory_open(uint32_t kind, const char *path, uint64_t length, uint32_t huge,
		    struct p2p_memory **out);

/* Start of the mapping in this process. */
void *p2p_memory_address(const struct p2p_memory *memory);
/* Length of the mapping in bytes. */
uint64_t p2p_memory_length(const struct p2p_memory *memory);
/* The pages really behind the mapping: enum p2p_page_kind. */
uint32_t p2p_memory_pages(const struct p2p_memory *memory);

/*
 * Physical address of the byte at 'offset', from /proc/self/pagemap.
 * Errors: -EPERM the kernel hides it (needs CAP_SYS_ADMIN), -ENXIO the page is
 * not present, -ERANGE offset beyond the mapping.
 */
int p2p_memory_physical(const struct p2p_memory *memory, uint64_t offset, uint64_t *physical);

/*
 * Leases a run of 'slots' adjacent slots of 'slot_bytes' each to the caller, at
 * an offset aligned to 4 KiB or, for slots of 2 MiB and more, to 2 MiB. No byte
 * belongs to two leases. Thread-safe. Errors: -EINVAL, -ENOMEM no room left.
 */
int p2p_memory_lease(struct p2p_memory *memory, uint64_t slot_bytes, uint32_t slots,
		     uint64_t *offset);
/* Gives a lease back. Thread-safe. -ENOENT: no such lease. */
int p2p_memory_release(struct p2p_memory *memory, uint64_t offset);

/*
 * Unmaps and frees. -EBUSY, and nothing is unmapped, while a lease is out or a
 * pinner is open: the kernel may still be moving data there.
 */
int p2p_memory_close(struct p2p_memory *memory);

/* ---- endpoints --------------------------------------------------------- */

enum p2p_endpoint_flags {
	P2P_ENDPOINT_READ = 1u << 0,
	P2P_ENDPOINT_WRITE = 1u << 1,
	P2P_ENDPOINT_DIRECT = 1u << 2, /* O_DIRECT */
};

struct p2p_endpoint;

/*
 * Opens an existing file or block device; never creates, never truncates. A
 * block device opened for writing is opened with O_EXCL, so that the kernel
 * refuses (-EBUSY) one that is mounted or held by dm, md or swap.
 * Errors: errno of open(2); -EINVAL also where O_DIRECT is not possible;
 * -ENOTSUP neither regular file nor block device.
 */
int p2p_endpoint_open(const char *path, uint32_t flags, struct p2p_endpoint **out);
/* Size of the file or device in bytes. */
uint64_t p2p_endpoint_length(const struct p2p_endpoint *endpoint);
/*
 * Bytes that offsets and lengths of O_DIRECT I/O must be multiples of: statx
 * STATX_DIOALIGN where the kernel has it, else the device's logical block
 * size, else 512. 1 without P2P_ENDPOINT_DIRECT.
 */
uint32_t p2p_endpoint_alignment(const struct p2p_endpoint *endpoint);
/*
 * st_rdev of the block device that is open, whatever its path leads to by now; no
 * other device gets that number before the endpoint is closed. 0 for a file.
 */
uint64_t p2p_endpoint_device(const struct p2p_endpoint *endpoint);
/* fsync(2): what was written is on stable storage. */
int p2p_endpoint_sync(struct p2p_endpoint *endpoint);
int p2p_endpoint_close(struct p2p_endpoint *endpoint);

/*
 * What libblkid finds on a device or file: "" when nothing, else a short text
 * such as "ext4 filesystem 'data'" or "gpt partition table", truncated to size.
 * Errors: errno of open(2) or read(2); -ENOTSUP two signatures contradict each
 * other (text says "several signatures"); -EINVAL size is 0.
 */
int p2p_signature(const char *path, char *text, uint64_t size);

/*
 * How many pages of 'length' bytes at 'offset' of a file or block device are in the page
 * cache. Nothing is read, nothing stays mapped. To those who may not write the file the
 * kernel calls all of its pages cached (mincore(2)). Thread-safe. Errors: errno of
 * open(2); -EINVAL no length, or the offset is within a page; -ENODEV it cannot be mapped.
 */
int64_t p2p_cached_pages(const char *path, uint64_t offset, uint64_t length);

/* ---- transactions ------------------------------------------------------ */

enum p2p_engine {
	P2P_ENGINE_SYNC = 0,     /* pread/pwrite, depth 1 */
	P2P_ENGINE_IO_URING = 1, /* liburing, registered files, depth 1 to 256 */
};

enum p2p_pinning {
	P2P_PIN_PER_TRANSACTION = 0, /* the kernel pins pages at each O_DIRECT I/O */
	P2P_PIN_REGISTERED = 1,      /* io_uring registered buffers, pinned once */
	P2P_PIN_NONE = 2,            /* buffered I/O: the caller's pages are not pinned */
};

enum p2p_pattern {
	P2P_PATTERN_SEQUENTIAL = 0, /* next block, wrapping at the end of the span */
	P2P_PATTERN_RANDOM = 1,     /* uniform over the span, xorshift of the seed */
};

#define P2P_MAX_DEPTH 256u

struct p2p_transactor_config {
	uint32_t engine;       /* enum p2p_engine */
	uint32_t pinning;      /* enum p2p_pinning */
	uint32_t staging;      /* 0, or 1: fill a staging buffer in RAM, then copy */
	uint32_t depth;        /* transactions in flight: 1 for sync, 1 to 256 */
	uint32_t pattern;      /* enum p2p_pattern */
	uint32_t reserved;     /* 0 */
	uint64_t block_bytes;  /* bytes moved by one transaction */
	uint64_t source_block; /* first block of the span at the source */
	uint64_t target_block; /* first block of the span at the target */
	uint64_t blocks;       /* blocks in the span, the same for both ends */
	uint64_t seed;         /* of the random pattern */
};

/* Stamps of one transaction, in ns. A stage that is absent ends when it began. */
struct p2p_stamps {
	uint64_t start;   /* before the fill (or the drain) is submitted */
	uint64_t filled;  /* the fill's completion was seen */
	uint64_t copied;  /* the CPU copy ended */
	uint64_t drained; /* the drain's completion was seen */
};

enum p2p_operation {
	P2P_OPERATION_NONE = 0,
	P2P_OPERATION_FILL = 1,
	P2P_OPERATION_DRAIN = 2,
	P2P_OPERATION_SUBMIT = 3,   /* io_uring_enter itself */
	P2P_OPERATION_REGISTER = 4, /* registering files or buffers */
	P2P_OPERATION_SETUP = 5,    /* io_uring_queue_init */
};

struct p2p_failure {
	uint32_t operation; /* enum p2p_operation */
	int32_t error;      /* positive errno; 0 for a short transfer */
	uint64_t offset;    /* bytes, at the endpoint */
	uint64_t length;    /* bytes asked for */
	uint64_t moved;     /* bytes moved; less than length is a short transfer */
};

struct p2p_transactor;

/* Sizes of the structs that cross, for the binding to compare with its own. */
uint32_t p2p_transactor_config_size(void);
uint32_t p2p_failure_size(void);

/*
 * Opens a transactor: leases 'depth' slots of block_bytes from 'memory', sets
 * up the engine. source NULL: a generator (the peer has already delivered);
 * target NULL: a sink; both NULL: an empty transaction, the loop around
 * nothing. The handles given are borrowed and must outlive the transactor.
 * 'failure' (may be NULL) is written on failure only, and says which step failed
 * (FILL and DRAIN: the source, the target does not fit, no I/O was done).
 * Errors: -EINVAL config out of range or nonsense (sync with depth over 1 or
 * registered buffers, P2P_PIN_NONE with O_DIRECT, P2P_PIN_PER_TRANSACTION without
 * it, blocks that are not a multiple of the endpoint's alignment or over 1 GiB);
 * -EBADF endpoint not opened for that direction; -ERANGE span beyond the end of
 * an endpoint (nothing is ever extended); -ENOMEM no room for the slots;
 * -EFAULT, -EREMOTEIO, -ENOMEM, -EPERM, -ENOSYS from io_uring set-up and
 * registration.
 */
int p2p_transactor_open(const struct p2p_transactor_config *config, struct p2p_memory *memory,
			struct p2p_endpoint *source, struct p2p_endpoint *target,
			struct p2p_transactor **out, struct p2p_failure *failure);

/*
 * Opens a transactor that moves nothing: a calibration of the harness, not a measurement of
 * storage. One server, depth 1; each transaction is a drain that takes service_ns (in real
 * time: spinning), but the one numbered 'stalled' (from 1; 0: none) takes stall_ns more.
 * With virtual_time 1 no time is spent: service and waiting for an arrival move a clock of
 * this transactor's own on, which its stamps are taken from, so that every run is the same.
 * It has no slots. Errors: -EINVAL times over 60 s, virtual_time over 1; -ENOMEM.
 */
int p2p_transactor_open_spin(uint64_t service_ns, uint64_t stalled, uint64_t stall_ns,
			     uint32_t virtual_time, struct p2p_transactor **out);

/*
 * Completes 'count' transactions and writes their stamps, in order of
 * completion, to stamps[0..count) (NULL: no stamps are taken). The pipeline
 * stays full between calls: up to depth-1 transactions remain in flight on
 * return (their completion is seen, hence stamped, by the next call: time that
 * the caller spends between two calls is in it). A transaction begun by a call
 * without stamps and completed by one with them begins with the latter.
 * Returns count, or a negative errno after the first failed I/O
 * (p2p_transactor_failure has the details; -EIO for a short transfer; stamps of
 * the transactions completed before it are written). After a failure the
 * transactor can only be closed: run, quiesce and seek return -ECANCELED.
 * No allocation, no lock.
 */
int64_t p2p_transactor_run(struct p2p_transactor *transactor, uint32_t count,
			   struct p2p_stamps *stamps);

enum p2p_arrivals {
	P2P_ARRIVALS_FIXED = 0,   /* one every 1 / rate */
	P2P_ARRIVALS_POISSON = 1, /* independent exponential gaps of that mean; the seed decides */
};

/*
 * Says how transactions arrive when they are paced (run_paced): an open loop, in which
 * they come at this rate whatever the device does. Only when quiescent: -EBUSY otherwise;
 * -EINVAL: no such arrivals, or a rate below 1e-3 or over 1e9.
 */
int p2p_transactor_pace(struct p2p_transactor *transactor, uint32_t arrivals,
			double rate_per_second, uint64_t seed);

/*
 * Completes 'count' transactions that begin when they arrive, not when a slot is free. Up to
 * depth of them are in flight; what arrives beyond that waits its turn, in order. Of
 * each, in order of completion, stamps[i].start is when it was really submitted and
 * arrived[i] when it was to be: drained - arrived is its latency with the wait (nothing is
 * omitted when the device stalls), drained - start its service. Neither array may be NULL.
 *
 * The first call after pace, run or quiesce begins the arrivals anew, one gap from then, and
 * with none waiting; they go on between calls, so the time that the caller spends between two
 * counts. While nothing is due the thread sleeps until 200 us before the next arrival and
 * then spins; with slots free and others in flight it asks the kernel for completions
 * instead. So the CPU time of an open loop says nothing of the transfer.
 *
 * Returns as p2p_transactor_run, and -EINVAL where pace was not called, -EBUSY while
 * transactions of a call to run are in flight. No allocation, no lock.
 */
int64_t p2p_transactor_run_paced(struct p2p_transactor *transactor, uint32_t count,
				 struct p2p_stamps *stamps, uint64_t *arrived);

/*
 * Completes the transactions in flight, without stamps. Then slot i serves the i-th next
 * transaction. Errors: as p2p_transactor_run.
 */
int p2p_transactor_quiesce(struct p2p_transactor *transactor);

/*
 * Moves the sequential position to the given block of the span. Only when
 * quiescent: -EBUSY otherwise; -ERANGE beyond the span. The random pattern goes
 * on where it was.
 */
int p2p_transactor_seek(struct p2p_transactor *transactor, uint64_t block);

/* Offset in the memory of slot i; slots are block_bytes apart, rounded up to 4 KiB. */
uint64_t p2p_transactor_slot(const struct p2p_transactor *transactor, uint32_t i);
/*
 * Address of staging buffer i, NULL without staging: filled from the source or, with a
 * generator, by the caller; then copied to slot i. The transactor owns it.
 */
void *p2p_transactor_staging(const struct p2p_transactor *transactor, uint32_t i);

/* Transactions completed since open. May be read by any thread (watchdog, profiler). */
uint64_t p2p_transactor_completed(const struct p2p_transactor *transactor);

/*
 * The failure that run or quiesce returned or else the oldest I/O in flight
 * (error = EINPROGRESS). operation is NONE where nothing is in flight. May be
 * called by any thread (watchdog) until close is.
 */
void p2p_transactor_failure(const struct p2p_transactor *transactor, struct p2p_failure *out);

/*
 * Waits for the I/Os in flight, whose results no longer matter (quiesce completes
 * transactions), then gives back slots, registrations and ring. -ETIMEDOUT: an
 * I/O did not end within 5 seconds (io_uring only; sync has none in flight). Then too
 * the handle is freed, but the lease of the slots stays out for good, so that the
 * memory is not unmapped while the kernel may still write to it.
 */
int p2p_transactor_close(struct p2p_transactor *transactor);

/* ---- pinning and copying alone ----------------------------------------- */

enum p2p_pin_mechanism {
	P2P_PIN_BY_IO_URING = 0, /* IORING_REGISTER_BUFFERS and its undoing: a long-term pin */
	P2P_PIN_BY_MLOCK = 1,    /* mlock/munlock: a lock on the mapping, pages are not pinned */
	/*
	 * The kernel's own benchmark (CONFIG_GUP_TEST, debugfs's gup_test): pin_user_pages_fast
	 * and unpin_user_pages, as O_DIRECT calls them. It pins the memory from 'offset' to its
	 * end, 'length' bytes by each call, unpins all, and tells whole microseconds of each. So
	 * stamps hold the kernel's means for one call, without the system call.
	 */
	P2P_PIN_BY_GUP_TEST = 2,
};

struct p2p_pin_stamps {
	uint64_t start;
	uint64_t pinned;
	uint64_t unpinned;
	uint64_t reserved; /* 0: the same stride as p2p_stamps */
};

struct p2p_pinner;

/*
 * Prepares to pin and unpin 'length' bytes at 'offset' of the memory, which cannot be
 * closed until the pinner is. Errors: -EINVAL; -ERANGE; -EBUSY the memory is being
 * closed; those of io_uring_queue_init; for P2P_PIN_BY_GUP_TEST -EINVAL where offset or length
 * is no multiple of a page, -ENOENT where the kernel has none, -EACCES where this user may not.
 */
int p2p_pinner_open(struct p2p_memory *memory, uint64_t offset, uint64_t length, uint32_t mechanism,
		    struct p2p_pinner **out);
/*
 * Pins and unpins 'count' times. stamps may be NULL. Returns count or a negative errno of
 * the pin: -EFAULT or -EREMOTEIO where the kernel refuses this memory (a CMB),
 * -ENOMEM over RLIMIT_MEMLOCK.
 */
int64_t p2p_pinner_run(struct p2p_pinner *pinner, uint32_t count, struct p2p_pin_stamps *stamps);
int p2p_pinner_close(struct p2p_pinner *pinner);

/*
 * Copies 'length' bytes 'count' times with the CPU between two memories. stamps (may be
 * NULL): start is before the copy, the other three after it (the stores are out).
 * Errors: -EINVAL nothing to copy or the two overlap; -ERANGE.
 */
int64_t p2p_copy_run(struct p2p_memory *to, uint64_t to_offset, struct p2p_memory *from,
		     uint64_t from_offset, uint64_t length, uint32_t count,
		     struct p2p_stamps *stamps);

/* ---- memory load: a busy neighbour -------------------------------------- */

/*
 * What a load does to its arrays of doubles, and the bytes that one element counts for, as
 * STREAM counts them (McCalpin 1995): reads and writes that the program asks for, not what
 * the caches fetch in order to write.
 */
enum p2p_load_kind {
	P2P_LOAD_READ = 0,  /* sum += a[i]: 8 */
	P2P_LOAD_WRITE = 1, /* a[i] = s: 8 */
	P2P_LOAD_COPY = 2,  /* a[i] = b[i]: 16 */
	P2P_LOAD_TRIAD = 3, /* a[i] = b[i] + s * c[i]: 24 */
};

/* Loads in a chain, each at the address that the one before it read. */
#define P2P_LOAD_CHAIN_LOADS 64u

enum p2p_load_field {
	P2P_LOAD_NOW_NS = 0, /* when the others were read */
	P2P_LOAD_BYTES = 1,  /* moved by all threads since they began */
	P2P_LOAD_CPU_NS = 2, /* CPU time of all threads since they began */
	P2P_LOAD_FIELDS = 3,
};

struct p2p_load;

/*
 * Starts 'threads' threads that load the memory until close, thread i on CPU cpus[i] alone.
 * Each moves 'thread_bytes' of arrays of its own, placed by first touch, in transparent huge
 * pages where the system gives them: in order, or (P2P_PATTERN_RANDOM) cache lines in any
 * order, without a system call, lock or allocation. Now and then (once for each MiB of an
 * array) it times a chain of P2P_LOAD_CHAIN_LOADS dependent loads over a quarter of thread_bytes
 * more: the latency that it sees itself. With share_percent below 100 it rests so much that
 * it moves in that share of the time. Returns when all threads have begun to move.
 * Errors: -EINVAL kind, pattern, share (1 to 100) or threads out of range, a CPU that this
 * thread may not use, thread_bytes below 1 MiB; -ENOMEM; -EAGAIN no more threads.
 */
int p2p_load_open(uint32_t kind, uint32_t pattern, uint32_t share_percent, uint64_t thread_bytes,
		  const uint32_t *cpus, uint32_t threads, struct p2p_load **out);
/* Counters until now into out[0..P2P_LOAD_FIELDS), see enum p2p_load_field. Thread-safe. */
void p2p_load_counters(const struct p2p_load *load, uint64_t *out);
/*
 * Takes out up to 'count' durations of chains in ns that were not taken before. Returns how
 * many; 0: no more. Between two calls each thread keeps its first 262144. One caller at a time.
 */
uint32_t p2p_load_chains(struct p2p_load *load, uint64_t *out, uint32_t count);
/* Waits, asleep, until all threads together have moved so many bytes since they began. */
void p2p_load_await(const struct p2p_load *load, uint64_t bytes);
/* Ends the threads and frees their memory. Accepts NULL. */
void p2p_load_close(struct p2p_load *load);

/* ---- placement of threads and memory ------------------------------------ */

/*
 * The CPUs that the calling thread may run on, in ascending order, into out[0..size).
 * Returns how many there are, also where that is more than size, or a negative errno.
 */
int64_t p2p_cpus_allowed(uint32_t *out, uint32_t size);
/*
 * Lets the calling thread run on these CPUs alone; threads that it starts inherit that.
 * Errors: -EINVAL none of them may be used, or one is beyond 8191.
 */
int p2p_cpus_restrict(const uint32_t *cpus, uint32_t count);
/*
 * Takes the memory that the calling thread touches first from now on from this NUMA node
 * alone (set_mempolicy(2), MPOL_BIND); threads that it starts inherit that. Errors: -EINVAL
 * no such node, or none of its memory may be used; -ENOSYS a kernel without NUMA; -EPERM a
 * sandbox that does not allow it.
 */
int p2p_numa_bind(uint32_t node);
/* The NUMA node that the calling thread runs on now (getcpu(2)), or a negative errno. */
int64_t p2p_numa_node(void);
/*
 * Where the pages of a memory are, as the kernel says (move_pages(2), which moves nothing
 * here): out[n] is how many base pages are on node n, of nodes 0 to size - 1. Pages that are on
 * none, such as those of a CMB, are not counted. Errors: -ENOSYS, -EPERM as above.
 */
int p2p_numa_pages(const struct p2p_memory *memory, uint64_t *out, uint32_t size);

/* ---- accounting -------------------------------------------------------- */

enum p2p_usage_field {
	P2P_USAGE_USER_NS = 0,
	P2P_USAGE_SYSTEM_NS = 1,
	P2P_USAGE_VOLUNTARY_SWITCHES = 2,
	P2P_USAGE_INVOLUNTARY_SWITCHES = 3,
	P2P_USAGE_FIELDS = 4,
};

/*
 * getrusage(2) of the whole process, kernel workers of io_uring included, into
 * out[0..P2P_USAGE_FIELDS). Microsecond resolution.
 */
int p2p_usage(uint64_t *out);

enum p2p_counter_field {
	P2P_COUNTER_VALUE = 0,
	/* How long it was to count and how long it did: less where events share a counter in turns.
	 */
	P2P_COUNTER_ENABLED_NS = 1,
	P2P_COUNTER_RUNNING_NS = 2,
	P2P_COUNTER_FIELDS = 3,
};

struct p2p_counter;

/*
 * Counts an event of perf_event_open(2) from now on: type, config and config1 as there.
 * cpu -1: in all threads of this process and those that they make; else on that CPU, in
 * all processes, as the events of a memory controller are counted. Thread-safe. Errors:
 * -EINVAL; -EACCES, -EPERM kernel.perf_event_paranoid; -ENOENT, -ENODEV, -EOPNOTSUPP this machine
 * has no such event; -ENOSYS; -EMFILE one file for each thread is open.
 */
int p2p_counter_open(uint32_t type, uint64_t config, uint64_t config1, int32_t cpu,
		     struct p2p_counter **out);
/* Sums over all threads into out[0..P2P_COUNTER_FIELDS). Errors: errno of read(2). */
int p2p_counter_read(const struct p2p_counter *counter, uint64_t *out);
void p2p_counter_close(struct p2p_counter *counter);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* P2PBENCH_H */

/* The wake protocol of the engine: three stages, two edges or three, one drainer or two. Sequentially consistent: what
 * the memory orders must add is another tool's question; here it is whether the protocol itself loses a wake.
 *
 *   proctype, inline           stands for
 *   worker                     pool.cpp: drain() by the thread of one worker slot
 *   look_for_work, pick        pool.cpp: next(), listed_by(), steal(); stage_task.cpp: execute(), act::claim
 *   leave_or_stay              drainer_count.hpp: leave()
 *   start_if_worth             pool.cpp: start_if_worth(); work may be "worth a wake" at any time
 *   ready, again, list         pool.cpp: ready() with hand_on(), again(), list(). The home of a part is any worker, or none
 *   wake                       stage_task.cpp: wake(), act::wake; in a cheap turn that publishes it is kept
 *   stays_live, gives_up       stage_task.cpp: the same: whom the turn has woken is listed at its end
 *   settle                     stage_task.cpp: settle(), park(), retire(); act::yield, park, retire
 *   rests                      run_core.cpp: rests(): the last to rest ends the run, or finds it stalled
 *   turn, publish, arm_waits   node.cpp: turn(), publish(), may_go_on()
 *   close_ends, finish, close  node.cpp: retire(); edge_base.hpp: finish(), close()
 *   signal_data, signal_space  edge_base.hpp: the same; what hint_data() and flush_in() signal early is a signal too
 *   arm_data, arm_drain        edge_base.hpp: the same
 *   look_in, look_for_end      edge.hpp: refill_in(); edge_base.hpp: ended()
 *   source, transform, sink    fused_stage.hpp: body(); in the diamond also fan_out.hpp (tee), fan_in.hpp (zip)
 *   init                       run_core.cpp: begin(), on a thread outside the engine
 *
 * Each access to what the two ends of an edge or two workers share is one step. Joined into one are only those between
 * which nobody can tell the difference; where that is not plain a comment says why. Left out: timers, blocking threads,
 * memory pools, a waiter that drains, farms, hubs, cancel and pause. A drainer that spins takes no steps: it may find an
 * entry or leave at any time.
 *
 * The line is source -> transform -> sink. The diamond has one more edge from the source straight to the sink; the sink
 * takes an item of both for a pair, the transform drops its first: pairs of neighbours. In a line a consumer that waits
 * has emptied the only edge it reads, so promise 4 cannot be missed there; it takes a split and a join. And it takes a
 * low-water mark that is not "any room": LOW, since the default of 3/4 is that for 1 or 2 places.
 *
 * Checked: nothing stops before the run is over, no run is found stalled; promise 5 (listed once, run by one worker);
 * promise 6 (monitor); every run ends (ITEMS > 0), or the sink consumes again and again (ITEMS == 0): no cycle without
 * progress, for weakly fair workers.
 *
 * Settings: DIAMOND, CAP0, CAP1, CAP2, LOW, P (drainers), ITEMS, EARLY (the sink wants no more after its first item),
 * LONG_TURNS (only the end of input or room ends a turn), FAILED_POP (a list may once hide what it holds), HOMES (stages are
 * given to the other worker's inbox or to nobody at will; without it all stay), ONE_COST (every turn is cheap: 1, or none: 0;
 * without it any turn may be either).
 * Each of these must be refuted: NO_PROMISE_4 (in the diamond), NO_LOOK_AFTER_DRAIN_GATE, NO_LOOK_AFTER_DATA_GATE,
 * NO_NOTIFIED, NO_LOOK_AFTER_LEAVING, END_AFTER_LOOK, NO_STEAL_FROM_WHO_LEFT (with FAILED_POP), NO_LOOK_AT_OWN_SLOT,
 * COUNT_DROPPED (a turn's count is given up before those it woke have theirs), NO_LIST_AT_END (they stay where they are kept).
 */

#ifndef P
#define P 2
#endif
#ifndef CAP0
#define CAP0 2
#endif
#ifndef CAP1
#define CAP1 2
#endif
#ifndef CAP2
#define CAP2 2
#endif
#ifndef LOW
#define LOW 0
#endif
#ifndef ITEMS
#define ITEMS 3
#endif

#define SOURCE 0
#define TRANSFORM 1
#define SINK 2
#define STAGES 3
#ifdef DIAMOND
#define EDGES 3
#else
#define EDGES 2
#endif
#define OUTSIDE P

/* Edge 0: source to transform, 1: transform to sink, 2: source to sink. */
#define CAP(e) (e == 0 -> CAP0 : (e == 1 -> CAP1 : CAP2))
#define PRODUCER(e) (e == 1 -> TRANSFORM : SOURCE)
#define CONSUMER(e) (e == 0 -> TRANSFORM : SINK)
#define LOW_MARK(e) (LOW < CAP(e) -> LOW : CAP(e) - 1)
#define ROOM(e) (closed[e] -> 0 : CAP(e) - length[e])
#define AT_HAND(e) (seen[e] - used[e])
#define LEAST(a, b) (a < b -> a : b)

/* life: state_word.hpp */
#define IDLE 0
#define READY 1
#define RUNNING 2
#define NOTIFIED 3
#define DONE 4
byte life[STAGES];

/* The ring and the gates of each edge. */
byte length[EDGES];    /* published and not released */
local byte seen[EDGES];      /* of these, what the consumer knows of */
local byte used[EDGES];      /* of these, consumed and not yet released */
byte drain_gate[EDGES]; /* wish: 0 none, 1 level, 2 any */
bit data_gate[EDGES];
bit finished[EDGES];
bit closed[EDGES];

/* drainer_count, ready_queue, hand-over slots. */
byte listed_or_about; /* R */
byte drainers;        /* A */
byte starting;        /* drainers that were started and have not begun */
byte slot[P];         /* a stage + 1, or 0; not counted in R */
byte inbox[P];        /* the same from another worker; counted */
byte queue[P + 1];    /* a set of stages for each worker and for callers from outside */
bit in_turn[P];
bit gone[P]; /* nobody drains there */
#ifdef FAILED_POP
bit failed_once; /* a pop of a queue that holds something: moodycamel does not promise more */
#endif

/* run_count. */
byte live = 1;
byte left = STAGES;
bit over;

/* Of the sink, the source and the transform: what their bodies keep. */
local byte made;
local bit dropped_first;

/* For the properties only. */
byte in_list;      /* a set of stages */
byte being_run;    /* a set of stages */
byte about_to_look; /* listers between R and A, leavers between A and R */

/* ---- run_count: here always in one step with the change of the word that it goes with ---- */

inline rests() {
  live--;
  if
  :: live == 0 && left == 0 -> over = 1
  :: live == 0 && left > 0 -> assert(false /* the run is found stalled */)
  :: else
  fi
}

/* ---- listing: inside an atomic step. A worker is itself an active drainer when it lists, so nobody can see the parts. -- */

inline start_if_worth() {
  if
  :: drainers < P -> drainers++; starting++ /* there is none, or it is worth a wake */
  :: drainers > 0
  fi
}

inline enter(who) {
  assert((in_list & (1 << who)) == 0 /* listed twice */);
  in_list = in_list | (1 << who)
}

inline list(who, place) { queue[place] = queue[place] | (1 << who) }

inline to_own_slot(who) {
  if
  :: slot[me] == 0
  :: else -> listed_or_about++; list(slot[me] - 1, me)
  fi;
  slot[me] = who + 1
}

inline to_inbox(who, at) {
  listed_or_about++;
  if
  :: inbox[at] == 0
  :: else -> list(inbox[at] - 1, OUTSIDE)
  fi;
  inbox[at] = who + 1
}

inline ready(who) {
  enter(who);
#ifdef HOMES
  if
  :: to_own_slot(who)
  :: to_inbox(who, 1 - me)
  :: listed_or_about++; list(who, OUTSIDE)
  fi
#else
  to_own_slot(who)
#endif
}

inline again(who) {
  listed_or_about++;
  enter(who);
  list(who, me)
}

inline wake(who) {
  atomic {
    if
    :: d_step { life[who] == IDLE && publishing -> life[who] = READY; kept = kept | (1 << who) }
    :: life[who] == IDLE && !publishing -> life[who] = READY; live++; ready(who); start_if_worth()
#ifndef NO_NOTIFIED
    :: life[who] == RUNNING -> life[who] = NOTIFIED
#endif
    :: else
    fi
  }
}

#define KEPT ((kept & 1) + ((kept >> 1) & 1) + (kept >> 2))

/* One after the other: each may run before the next is listed. */
inline list_kept() {
  do
  :: atomic { kept & 1 -> kept = kept & ~1; ready(0); start_if_worth() }
  :: atomic { kept & 2 -> kept = kept & ~2; ready(1); start_if_worth() }
  :: atomic { kept & 4 -> kept = kept & ~4; ready(2); start_if_worth() }
  :: kept == 0 -> break
  od
}

inline stays_live() {
#ifdef NO_LIST_AT_END
  kept = 0
#else
  if
  :: kept != 0 -> live = live + KEPT; list_kept()
  :: kept == 0
  fi
#endif
}

/* The stage is idle; it has woken somebody. */
inline gives_up() {
#ifdef COUNT_DROPPED
  d_step { rests() };
  live = live + KEPT;
#else
  live = live + KEPT - 1;
#endif
#ifdef NO_LIST_AT_END
  kept = 0
#else
  list_kept()
#endif
}

/* ---- the edge ---- */

inline signal_data(e) {
  d_step { gate = data_gate[e] };
  if
  :: d_step {
       gate -> gate = data_gate[e]; data_gate[e] = 0;
     }
     if
     :: atomic { gate -> gate = 0; wake(CONSUMER(e)) }
     :: !gate
     fi
  :: !gate
  fi
}

/* The predicate cannot change between the look at the gate and the look at the index: the producer is not pushing. */
inline signal_space(e, parks) {
  d_step {
    gate = (drain_gate[e] && (length[e] <= LOW_MARK(e) || closed[e]
#ifndef NO_PROMISE_4
                              || (parks && drain_gate[e] == 2 && length[e] < CAP(e))
#endif
                             ))
  }
  if
  :: d_step { gate -> gate = drain_gate[e]; drain_gate[e] = 0 }
     if
     :: atomic { gate -> gate = 0; wake(PRODUCER(e)) }
     :: !gate
     fi
  :: !gate
  fi
}

inline flush_in(e) {
  if
  :: d_step { used[e] > 0 -> length[e] = length[e] - used[e]; seen[e] = seen[e] - used[e]; used[e] = 0 }
     if
     :: !cheap -> signal_space(e, 0)
     :: cheap /* at the turn's end */
     fi
  :: used[e] == 0
  fi
}

inline look_in(e) {
  if
  :: AT_HAND(e) == 0 -> flush_in(e); seen[e] = length[e]
  :: AT_HAND(e) > 0
  fi
}

inline commit(e, n) {
  length[e] = length[e] + n;
  assert(length[e] <= CAP(e));
  if
  :: !cheap -> signal_data(e)
  :: cheap /* at the turn's end */
  fi
}

/* ended() looks at the ring only after the end was seen. */
inline look_for_end(e) {
#ifdef END_AFTER_LOOK
  look_in(e);
  ended = finished[e] && AT_HAND(e) == 0
#else
  ended = finished[e];
  if
  :: ended -> look_in(e); ended = AT_HAND(e) == 0
  :: else
  fi
#endif
}

inline arm_drain(e) {
  drain_gate[e] = 2;
#ifndef NO_LOOK_AFTER_DRAIN_GATE
  if
  :: d_step { length[e] < CAP(e) -> news = 1 }; drain_gate[e] = 0
  :: else
  fi
#endif
}

inline arm_data(e) {
  data_gate[e] = 1;
#ifndef NO_LOOK_AFTER_DATA_GATE
  if
  :: d_step { length[e] > seen[e] -> news = 1 }; seen[e] = length[e]; data_gate[e] = 0
  :: else ->
    if
    :: d_step { finished[e] -> news = 1 }; data_gate[e] = 0
    :: else
    fi
  fi
#endif
}

/* ---- bodies: each sets why, and waits (a set of edges) with INPUT and ROOM ---- */

#define MORE 1
#define INPUT 2
#define NO_ROOM 3
#define FINISHED 4

inline spent_or_not() {
#ifdef LONG_TURNS
  skip
#else
  if
  :: why = MORE
  :: skip
  fi
#endif
}

inline source() {
  do
  :: why != 0 -> break
  :: else ->
#ifdef DIAMOND
    if
    :: d_step { closed[0] && closed[2] -> why = FINISHED }
    :: else ->
      d_step { n = (closed[0] -> 2 : ROOM(0)); waits = (n == 0 -> 1 : 0) };
      d_step { n = (closed[2] -> n : LEAST(n, ROOM(2))); waits = waits | (!closed[2] && ROOM(2) == 0 -> 4 : 0) };
      if
      :: n == 0 -> why = NO_ROOM
      :: else -> waits = 0
      fi
    fi;
#else
    d_step { n = ROOM(0); if :: n == 0 -> why = (closed[0] -> FINISHED : NO_ROOM); waits = 1 :: else fi };
#endif
    if
    :: why == 0 ->
#ifndef LONG_TURNS
      if
      :: n == 2 -> n = 1 /* a short batch */
      :: skip
      fi;
#endif
#if ITEMS > 0
      d_step { n = LEAST(n, ITEMS - made); made = made + n };
#endif
      if
      :: !closed[0] -> commit(0, n)
      :: else
      fi;
#ifdef DIAMOND
      if
      :: !closed[2] -> commit(2, n)
      :: else
      fi;
#endif
#if ITEMS > 0
      if
      :: made == ITEMS -> why = FINISHED
      :: else -> spent_or_not()
      fi
#else
      spent_or_not()
#endif
    :: else
    fi
  od
}

inline transform() {
  do
  :: why != 0 -> break
  :: else ->
    d_step { n = ROOM(1); if :: n == 0 -> why = (closed[1] -> FINISHED : NO_ROOM); waits = 2 :: else fi };
    if
    :: why == 0 ->
      look_in(0);
      if
      :: AT_HAND(0) == 0 ->
        look_for_end(0);
        why = (ended -> FINISHED : INPUT);
        waits = 1
      :: else ->
        d_step { n = LEAST(n, AT_HAND(0)); used[0] = used[0] + n };
        if
        :: used[0] == seen[0] -> flush_in(0)
        :: else
        fi;
#ifdef DIAMOND
        if
        :: !dropped_first -> d_step { dropped_first = 1; n = n - 1 }
        :: else
        fi;
#endif
        if
        :: n > 0 -> commit(1, n)
        :: else
        fi;
        spent_or_not()
      fi
    :: else
    fi
  od
}

inline sink() {
  do
  :: why != 0 -> break
  :: else ->
#ifdef DIAMOND
    n = 0;
    look_in(1);
    if
    :: AT_HAND(1) == 0 -> look_for_end(1); n = ended; waits = 2
    :: else
    fi;
    look_in(2);
    if
    :: AT_HAND(2) == 0 -> look_for_end(2); n = n | ended; waits = waits | 4
    :: else
    fi;
    if
    :: n -> why = FINISHED
    :: !n && waits != 0 -> why = INPUT
    :: else ->
      d_step { used[1]++; used[2]++ };
progress:
#else
    look_in(1);
    if
    :: AT_HAND(1) == 0 -> look_for_end(1); why = (ended -> FINISHED : INPUT); waits = 2
    :: else ->
      d_step { used[1] = seen[1] };
progress:
      flush_in(1);
#endif
#ifdef EARLY
      why = FINISHED
#else
      spent_or_not()
#endif
    fi
  od
}

/* ---- a turn ---- */

inline publish() {
  publishing = cheap;
  if
  :: s == SOURCE ->
    signal_data(0);
#ifdef DIAMOND
    signal_data(2)
#endif
  :: s == TRANSFORM ->
    flush_in(0);
    signal_space(0, (why != MORE));
    signal_data(1)
  :: s == SINK ->
    flush_in(1);
    signal_space(1, (why != MORE));
#ifdef DIAMOND
    flush_in(2);
    signal_space(2, (why != MORE))
#endif
  fi;
  publishing = 0
}

inline arm_waits() {
  if
  :: why == INPUT ->
    if
    :: waits & 1 -> arm_data(0)
    :: else
    fi;
    if
    :: waits & 2 -> arm_data(1)
    :: else
    fi;
#ifdef DIAMOND
    if
    :: waits & 4 -> arm_data(2)
    :: else
    fi
#endif
  :: why == NO_ROOM ->
    if
    :: waits & 1 -> arm_drain(0)
    :: else
    fi;
    if
    :: waits & 2 -> arm_drain(1)
    :: else
    fi;
#ifdef DIAMOND
    if
    :: waits & 4 -> arm_drain(2)
    :: else
    fi
#endif
  :: else
  fi
}

inline turn() {
  do
  :: if
    :: s == SOURCE -> source()
    :: s == TRANSFORM -> transform()
    :: s == SINK -> sink()
    fi;
    publish();
    arm_waits();
    if
    :: d_step { news && kept == 0 -> news = 0; why = 0; waits = 0; n = 0; ended = 0 }
    :: atomic { news && kept != 0 -> news = 0; why = MORE; waits = 0; n = 0; ended = 0; break }
    :: atomic { !news -> waits = 0; n = 0; ended = 0; break }
    fi
  od
}

inline finish(e) {
  finished[e] = 1;
  signal_data(e)
}

inline close(e) {
  flush_in(e);
  closed[e] = 1;
  drain_gate[e] = 0;
  wake(PRODUCER(e))
}

inline close_ends() {
  if
  :: s == SOURCE ->
    finish(0);
#ifdef DIAMOND
    finish(2)
#endif
  :: s == TRANSFORM ->
    finish(1);
    close(0)
  :: s == SINK ->
    close(1);
#ifdef DIAMOND
    close(2)
#endif
  fi
}

inline stop_running(next) {
  being_run = being_run & ~(1 << s);
  life[s] = next
}

inline settle() {
  cheap = 0;
  if
  :: why == MORE -> d_step { stop_running(READY) }; stays_live(); atomic { again(s); start_if_worth() }
  :: why == FINISHED -> stays_live(); close_ends(); d_step { stop_running(DONE); left--; rests() }
  :: else ->
    if
    :: d_step { life[s] == NOTIFIED -> stop_running(READY) }; stays_live(); atomic { again(s); start_if_worth() }
    :: d_step { life[s] == RUNNING && kept == 0 -> stop_running(IDLE); rests() }
    :: d_step { life[s] == RUNNING && kept != 0 -> stop_running(IDLE) }; gives_up()
    fi
  fi
}

/* ---- drainers ---- */

/* The queues are not in order: any entry may come first. */
inline pick(place) {
  if
  :: queue[place] & 1 -> s = 0
  :: queue[place] & 2 -> s = 1
  :: queue[place] & 4 -> s = 2
  fi;
  queue[place] = queue[place] & ~(1 << s);
  listed_or_about--
}

inline from_slot(at) { s = slot[at] - 1; slot[at] = 0 }

inline from_inbox(at) { s = inbox[at] - 1; inbox[at] = 0; listed_or_about-- }

#define NOTHING_THERE (inbox[me] == 0 && queue[me] == 0 && queue[OUTSIDE] == 0)
#ifdef NO_LOOK_AT_OWN_SLOT
#define NOTHING_HERE NOTHING_THERE
#else
#define NOTHING_HERE (slot[me] == 0 && NOTHING_THERE)
#endif

/* Takes an entry from its own slot and queue, from outside callers, or from one who is in a turn, and claims it. Found
 * nothing: s is STAGES. */
inline look_for_work() {
  in_turn[me] = 0;
  gone[me] = 0;
  why = 0;
  if
  :: slot[me] != 0 -> from_slot(me)
  :: inbox[me] != 0 -> from_inbox(me)
  :: queue[me] != 0 -> pick(me)
  :: queue[OUTSIDE] != 0 -> pick(OUTSIDE)
#if P > 1
  :: (in_turn[1 - me] || gone[1 - me]) && slot[1 - me] != 0 -> from_slot(1 - me)
  :: (in_turn[1 - me] || gone[1 - me]) && inbox[1 - me] != 0 -> from_inbox(1 - me)
  :: (in_turn[1 - me] || gone[1 - me]) && queue[1 - me] != 0 -> pick(1 - me)
  :: NOTHING_HERE && (!gone[1 - me] || (queue[1 - me] == 0 && inbox[1 - me] == 0)) -> s = STAGES
#else
  :: NOTHING_HERE -> s = STAGES
#endif
#ifdef FAILED_POP
  :: !failed_once && slot[me] == 0 -> failed_once = 1; s = STAGES
#endif
  fi;
  if
  :: d_step {
       s < STAGES ->
       in_list = in_list & ~(1 << s);
       assert(life[s] == READY /* the entry is not stale */);
       assert((being_run & (1 << s)) == 0 /* run twice at a time */);
       being_run = being_run | (1 << s);
       life[s] = RUNNING;
       in_turn[me] = 1
     }
#ifdef ONE_COST
     cheap = ONE_COST
#else
     if
     :: cheap = 1
     :: cheap = 0
     fi
#endif
  :: s == STAGES
  fi
}

/* It has left when it is not here any more. */
inline leave_or_stay() {
  d_step { here = drainers == 1; drainers--; about_to_look = about_to_look + here; s = 0 };
#ifdef NO_LOOK_AFTER_LEAVING
  atomic { about_to_look = about_to_look - here; here = 0 }
#else
  if
  :: atomic { here && listed_or_about == 0 -> here = 0; about_to_look-- }
  :: atomic {
       here && listed_or_about > 0 ->
       if
       :: drainers < P -> drainers++
       :: else -> here = 0
       fi;
       about_to_look--
     }
  :: !here
  fi;
#endif
#ifndef NO_STEAL_FROM_WHO_LEFT
  gone[me] = !here
#endif
}

proctype worker(byte me) {
  byte s, n, why, waits, gate, kept;
  bit news, ended, here, cheap, publishing;
  do
  :: atomic { here || starting > 0 -> starting = starting - !here; here = 1; look_for_work() };
    if
    :: s < STAGES -> turn(); settle()
    :: s == STAGES -> leave_or_stay()
    fi
  :: over && starting == 0 && !here -> break
  od
}

/* Promise 6, and for what R does not count. */
#if P > 1
#define HANDED_OVER (slot[0] || slot[1])
#else
#define HANDED_OVER slot[0]
#endif
proctype monitor() {
  do
  :: atomic { HANDED_OVER && drainers == 0 -> assert(false /* handed over, and nobody for it */) }
  :: atomic { listed_or_about > 0 && drainers == 0 && about_to_look == 0 -> assert(false /* work, and nobody for it */) }
  :: over -> break
  od
}

/* The sink and the transform have been woken; the source is, while a drainer may be running them and leave. */
init {
  atomic {
    life[SINK] = READY;
    life[TRANSFORM] = READY;
    live = 3;
    listed_or_about = 2;
    in_list = 6;
    queue[OUTSIDE] = 6;
    drainers = 1;
    starting = 1;
    gone[0] = 1;
#if P > 1
    gone[1] = 1;
#endif
    run monitor();
    run worker(0);
#if P > 1
    run worker(1)
#endif
  };
  atomic { life[SOURCE] = READY; live++ };
  atomic { listed_or_about++; about_to_look++ };
  atomic { enter(SOURCE); list(SOURCE, OUTSIDE) };
  atomic { start_if_worth(); about_to_look--; rests() }
}

// Go channels, a goroutine a stage, channels of 1024 items:
//
//	channels heavy ITEMS FARMED NANOSECONDS...   prints the sum, its answer by a plain loop, seconds of both
//	channels latency ITEMS MICROSECONDS          prints p50 p99 p50-from-due (us) and the cores that it kept busy
//
// heavy: one stage for each of the NANOSECONDS; the stage FARMED (-1: none) has a goroutine for each core, its results are
// put in order again by a channel of channels, as is usual.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"syscall"
	"time"
)

func heavy(x uint64, turns int) uint64 {
	for ; turns > 0; turns-- {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return x
}

var kept uint64

func turnsOf(ns int) int {
	const turns = 20000
	best := time.Hour
	for i := 0; i < 50; i++ {
		begun := time.Now()
		kept += heavy(uint64(i), turns)
		if took := time.Since(begun); took < best {
			best = took
		}
	}
	return ns*turns/int(best.Nanoseconds()) + 1
}

func plain(items int, turns []int) (sum uint64) {
	for i := 0; i < items; i++ {
		x := uint64(i)
		for _, t := range turns {
			x = heavy(x, t)
		}
		sum += x
	}
	return sum
}

func stage(in chan uint64, turns int) chan uint64 {
	out := make(chan uint64, 1024)
	go func() {
		for x := range in {
			out <- heavy(x, turns)
		}
		close(out)
	}()
	return out
}

func farm(in chan uint64, turns int) chan uint64 {
	type job struct {
		x    uint64
		done chan uint64
	}
	jobs, order, out := make(chan job, 1024), make(chan chan uint64, 1024), make(chan uint64, 1024)
	for w := 0; w < runtime.NumCPU(); w++ {
		go func() {
			for j := range jobs {
				j.done <- heavy(j.x, turns)
			}
		}()
	}
	go func() {
		for x := range in {
			j := job{x, make(chan uint64, 1)}
			order <- j.done
			jobs <- j
		}
		close(jobs)
		close(order)
	}()
	go func() {
		for done := range order {
			out <- <-done
		}
		close(out)
	}()
	return out
}

func chain(items, farmed int, turns []int) (sum uint64) {
	last := make(chan uint64, 1024)
	go func(out chan uint64) {
		for i := 0; i < items; i++ {
			out <- uint64(i)
		}
		close(out)
	}(last)
	for s, t := range turns {
		if s == farmed {
			last = farm(last, t)
		} else {
			last = stage(last, t)
		}
	}
	for x := range last {
		sum += x
	}
	return sum
}

type stamped struct{ due, entered time.Time }

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func latency(items int, apart time.Duration) {
	last := make(chan stamped, 64)
	begun, used := time.Now(), cpu()
	go func(out chan stamped) {
		due := begun
		for i := 0; i < items; i++ {
			due = due.Add(apart)
			time.Sleep(time.Until(due))
			out <- stamped{due, time.Now()}
		}
		close(out)
	}(last)
	for s := 0; s < 4; s++ {
		in, out := last, make(chan stamped, 64)
		go func() {
			for x := range in {
				out <- x
			}
			close(out)
		}()
		last = out
	}
	var entered, due []float64
	for x := range last {
		now := time.Now()
		entered = append(entered, float64(now.Sub(x.entered))/1e3)
		due = append(due, float64(now.Sub(x.due))/1e3)
	}
	cores := float64(cpu()-used) / float64(time.Since(begun))
	sort.Float64s(entered)
	sort.Float64s(due)
	fmt.Println(len(entered), entered[items/2], entered[items*99/100], due[items/2], cores)
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

func main() {
	items, second := number(os.Args[2]), number(os.Args[3])
	if os.Args[1] == "latency" {
		latency(items, time.Duration(second)*time.Microsecond)
		return
	}
	var turns []int
	for _, ns := range os.Args[4:] {
		turns = append(turns, turnsOf(number(ns)))
	}
	begun := time.Now()
	want := plain(items, turns)
	serial := time.Since(begun)
	begun = time.Now()
	sum := chain(items, second, turns)
	fmt.Println(sum, want, time.Since(begun).Seconds(), serial.Seconds())
}

// channels: the chain as Go's authors would write it: a goroutine a stage, buffered channels of 1024.
//
//	channels ITEMS STAGES BATCH    one item a send, or a slice of BATCH; prints the sum and the seconds
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func number(i int) uint64 {
	n, err := strconv.ParseUint(os.Args[i], 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func each(items, stages uint64) uint64 {
	first := make(chan uint64, 1024)
	go func() {
		for i := uint64(0); i < items; i++ {
			first <- i
		}
		close(first)
	}()
	in := first
	for ; stages > 0; stages-- {
		from, to := in, make(chan uint64, 1024)
		go func() {
			for x := range from {
				to <- x*3 + 1
			}
			close(to)
		}()
		in = to
	}
	sum := uint64(0)
	for x := range in {
		sum += x
	}
	return sum
}

func batched(items, stages, batch uint64) uint64 {
	first := make(chan []uint64, 16)
	go func() {
		for i := uint64(0); i < items; {
			some := make([]uint64, 0, batch)
			for ; i < items && uint64(len(some)) < batch; i++ {
				some = append(some, i)
			}
			first <- some
		}
		close(first)
	}()
	in := first
	for ; stages > 0; stages-- {
		from, to := in, make(chan []uint64, 16)
		go func() {
			for some := range from {
				for i := range some {
					some[i] = some[i]*3 + 1
				}
				to <- some
			}
			close(to)
		}()
		in = to
	}
	sum := uint64(0)
	for some := range in {
		for _, x := range some {
			sum += x
		}
	}
	return sum
}

func main() {
	items, stages, batch := number(1), number(2), number(3)
	begun := time.Now()
	sum := uint64(0)
	if batch == 1 {
		sum = each(items, stages)
	} else {
		sum = batched(items, stages, batch)
	}
	fmt.Println(sum, time.Since(begun).Seconds())
}

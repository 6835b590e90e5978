#pragma once
// Everything a user of the engine needs. Someone who wants only the queue includes <weir/spsc_ring.hpp>.

#include <weir/feed.hpp>
#include <weir/functions.hpp>
#include <weir/hub.hpp>
#include <weir/on_error.hpp>
#include <weir/parallel.hpp>
#include <weir/pipe.hpp>
#include <weir/plan.hpp>
#include <weir/run.hpp>
#include <weir/timed.hpp>

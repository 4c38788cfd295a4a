//! Which threads go first: those of the database, which every ballot waits for, before those that compute.

/// Steps of niceness: about a ninth of the weight of a thread that has none.
const NICE: i32 = 10;

/// Lets this thread stand back behind the process's first one, and those that it started: beside as many busy threads as there are
/// processors, each statement of a database would wait for its thread's turn. Once or several times, it is the same. It stands back in two
/// ways: its share is smaller (niceness), and it interrupts nobody when it wakes (`SCHED_BATCH`, sched(7)), so that what runs is finished
/// first. Linux counts both by thread; elsewhere it would be the whole process's, and nothing is done.
pub fn stand_back() {
    #[cfg(target_os = "linux")]
    {
        use preempt_rt::sched::{Pid, Scheduler, SchedulerParams, set_scheduler};
        use rustix::process::{getpid, getpriority_process, setpriority_process};
        // Where it is forbidden, turns are taken as they come.
        let _ = getpriority_process(Some(getpid())).and_then(|ordinary| setpriority_process(None, ordinary + NICE));
        let _ = set_scheduler(Pid::current_thread(), Scheduler::SCHED_BATCH, SchedulerParams { priority: 0 });
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use preempt_rt::sched::{Pid, Scheduler, get_scheduler};
    use rustix::process::{getpid, getpriority_process};

    #[test]
    fn a_thread_stands_back_once_and_those_that_it_starts_no_further() {
        let ordinary = getpriority_process(Some(getpid())).unwrap();
        let standing = || {
            super::stand_back();
            (getpriority_process(None).unwrap(), get_scheduler(Pid::current_thread()).unwrap())
        };
        let both = std::thread::spawn(move || (standing(), std::thread::spawn(standing).join().unwrap(), standing()));
        let back = (ordinary + super::NICE, Scheduler::SCHED_BATCH);
        assert_eq!(both.join().unwrap(), (back, back, back));
        assert_eq!(getpriority_process(Some(getpid())).unwrap(), ordinary, "only the thread itself");
        assert_ne!(get_scheduler(Pid::current_thread()).unwrap(), Scheduler::SCHED_BATCH, "only the thread itself");
    }
}

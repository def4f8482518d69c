using System.Runtime.InteropServices;
using MLNet.Sequence.Samples;

using var interrupt = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // The first Ctrl+C ends training within a batch; a second one ends the process.
    pressed.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
};
// The signal of a container or service manager, which then waits a while.
using PosixSignalRegistration termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
});
return Cli.Run(args, Console.Out, Console.Error, interrupt.Token);

using System.Diagnostics;
using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Sessions;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>What a session costs per step and per series.</summary>
/// <param name="Microseconds">Of one step, the fastest of several runs.</param>
/// <param name="IsConstant">Whether a step costs the same however long the context is.</param>
/// <param name="SeriesBytes">What a session keeps of one series.</param>
internal sealed record StepCost(double Microseconds, bool IsConstant, long SeriesBytes)
{
    private const int Runs = 5;
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(20);

    public static StepCost Of(SequenceModel model, SequenceHost host, IDataView rows)
    {
        var task = (Forecasting)model.Task;
        SeriesSet set = SeriesReader.Read(rows, task, allowMissing: false, host.ThrowIfCanceled);
        Series series = set.Series.MaxBy(series => series.Length)!;
        SequenceSession session = model.CreateSession();
        var output = new float[session.OutputSize];
        long step = 0;
        void Take() => session.Step(series.Rows.Row(step++ % series.Length), output);
        // The first forecast comes after a whole context; code is compiled on the way.
        for (int i = 0; i <= task.Context; i++)
            Take();
        double best = double.PositiveInfinity;
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            int taken = 0;
            for (; taken < 16 || Stopwatch.GetElapsedTime(start) < Least; taken++)
                Take();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / taken);
        }

        long values = session.IsConstantTime ? model.Managed.StateSize : (long)task.Context * task.InputSize;
        return new StepCost(best, session.IsConstantTime, sizeof(float) * values);
    }
}

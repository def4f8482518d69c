using System.Diagnostics;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Comparison;

/// <summary>The cost of a session per step and per series.</summary>
/// <param name="Microseconds">The time of one step, the fastest of several runs; NaN if the model reads its sequence as a whole.</param>
/// <param name="IsConstant">Whether the cost of a step does not depend on the length of the context.</param>
/// <param name="SeriesBytes">The bytes that a session keeps for one series.</param>
internal sealed record StepCost(double Microseconds, bool IsConstant, long SeriesBytes)
{
    private const int Runs = 5;
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(20);

    /// <param name="model">The model.</param>
    /// <param name="stream">A sequence in the data's units, which is repeated as often as needed.</param>
    public static StepCost Of(SequenceModel model, float[] stream)
    {
        if (model.Task.TargetInput is not null)
            return OfTargets(model, stream);
        bool isSeries = model.Task.Series is not null;
        if (!isSeries && !model.Managed.CanStep)
            return new StepCost(double.NaN, IsConstant: false, SeriesBytes: 0);
        SequenceSession session = model.CreateSession();
        float[] future = new float[session.FutureSize], output = new float[session.OutputSize];
        int steps = stream.Length / session.InputSize, step = 0;
        void Take()
        {
            // A series has no end, a row's sequence has one.
            if (step == steps && !isSeries)
                session.Forget("");
            step %= steps;
            session.Step("", stream.AsSpan(step++ * session.InputSize, session.InputSize), future, output);
        }

        // The first forecast comes after a whole context; code is compiled on the way.
        for (int i = 0; i <= model.Task.ContextLength; i++)
            Take();
        long values = session.IsConstantTime ? model.Managed.StateSize : (long)model.Task.ContextLength * session.InputSize;
        return new StepCost(Time(Take), session.IsConstantTime, sizeof(float) * values);
    }

    // A target as long as the longest in training, again and again; a step attends to all of the source.
    private static StepCost OfTargets(SequenceModel model, float[] stream)
    {
        float[] seen = Predictor.Prepare(model, Array.ConvertAll(stream, value => (double)value));
        ManagedNetwork decoder = model.Managed.Decoder(seen);
        float[] given = new float[decoder.InputSize], output = new float[decoder.OutputSize], state = new float[decoder.StateSize];
        int step = 0;
        void Take()
        {
            if (step++ % model.Task.ContextLength == 0)
                Array.Clear(state);
            decoder.Step(given, output, state);
        }

        Take();
        return new StepCost(Time(Take), IsConstant: false, sizeof(float) * (long)state.Length);
    }

    private static double Time(Action take)
    {
        double best = double.PositiveInfinity;
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            int taken = 0;
            for (; taken < 16 || Stopwatch.GetElapsedTime(start) < Least; taken++)
                take();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / taken);
        }

        return best;
    }
}

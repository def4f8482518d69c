using System.Diagnostics;
using MLNet.Sequence.Distilled;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Distillation;

/// <summary>Trains the flows of a student on the judgement of its teacher.</summary>
internal sealed class Distiller : IDisposable
{
    private const double LeastRate = 0.05;

    private readonly SequenceModel _teacher;
    private readonly ParallelWaveNet _student;
    private readonly DistillationOptions _options;
    private readonly long _seed;
    private readonly NetworkPlan _plan;
    private readonly TorchNetwork[] _flows;
    private readonly OptimizerState[] _optimizers;
    private readonly TeacherLoss _loss;
    private readonly PowerLoss _power;

    public Distiller(SequenceModel teacher, ParallelWaveNet student, DistillationOptions options, long seed)
    {
        (_teacher, _student, _options, _seed) = (teacher, student, options, seed);
        _plan = student.Flow(teacher.Task.Taught!);
        (_loss, _power) = (new TeacherLoss(teacher), new PowerLoss(options.PowerWindow, teacher.Task.Tokens!.Count));
        _flows = [.. Enumerable.Range(0, student.Flows).Select(flow =>
            new TorchNetwork(_plan, CPU, Initializer.Draw(_plan.AllWeights(), new RandomStream(seed, flow))))];
        _optimizers = [.. _flows.Select(flow => new Adam().Start(flow.Parameters))];
    }

    /// <exception cref="InvalidOperationException">The loss or a gradient is no longer finite.</exception>
    public ParallelWaveNetModel Run(SoundPieces pieces, HostRun run)
    {
        // Two threads of libtorch would be slower on pieces of this size.
        using TorchThreads threads = TorchThreads.Use(1);
        var random = new RandomStream(_seed, -1);
        var watch = Stopwatch.StartNew();
        var steps = new List<StepLosses>();
        run.Channel.SetProgressHeader(["Divergence"], "steps");
        for (int step = 0; step < _options.Steps; step++)
        {
            run.ThrowIfCancelled();
            StepLosses losses = Step(pieces, random, step);
            if (!double.IsFinite(losses.Divergence + losses.Power))
                throw Diverged(step);
            steps.Add(losses);
            run.Channel.Report(step + 1, _options.Steps, losses.Divergence);
            _options.Progress?.Invoke(step + 1, losses.Divergence);
        }

        StepLosses[][] tenths = [.. steps.Chunk((steps.Count + 9) / 10)];
        var report = new DistillationReport(
            [.. tenths.Select(tenth => tenth.Average(one => one.Divergence))], [.. tenths.Select(tenth => tenth.Average(one => one.Power))],
            tenths[^1].Average(one => one.Entropy), steps.Count, watch.Elapsed.TotalSeconds, _seed);
        return new ParallelWaveNetModel(_student, _teacher.Task.Taught!, _teacher.Scaling.Pooled, Weights(), report);
    }

    public void Dispose()
    {
        Array.ForEach(_flows, flow => flow.Dispose());
        Array.ForEach(_optimizers, optimizer => optimizer.Dispose());
        _loss.Dispose();
        _power.Dispose();
    }

    private double Rate(int step) =>
        _options.LearningRate * (LeastRate + (1 - LeastRate) * (1 + Math.Cos(Math.PI * step / _options.Steps)) / 2);

    private StepLosses Step(SoundPieces pieces, RandomStream random, int step)
    {
        using var scope = NewDisposeScope();
        SoundPiece piece = pieces.Draw(random, _options.BatchSize);
        (Tensor x, Tensor mean, Tensor scale) = Sound(piece, random);
        (Tensor divergence, Tensor entropy) = _loss.Of(x, mean, scale, piece);
        Tensor power = _power.Of(x, piece.Levels);
        foreach (TorchNetwork flow in _flows)
            flow.Parameters.ClearGradients();
        divergence.Add(power, _options.PowerWeight).backward();
        for (int flow = 0; flow < _flows.Length; flow++)
        {
            Tensor gradients = _flows[flow].Parameters.Gradients;
            double norm = gradients.norm().item<float>();
            // The loss of the next step would show it, but the last step has no next one.
            if (!double.IsFinite(norm))
                throw Diverged(step);
            if (norm > _options.ClipNorm)
                gradients.Mul_(_options.ClipNorm / norm);
            _optimizers[flow].Step(Rate(step));
        }

        return new StepLosses(divergence.item<float>(), power.item<float>(), entropy.item<float>());
    }

    private static InvalidOperationException Diverged(int step) =>
        new($"The distillation diverged at step {step + 1}: its loss or its gradient is not finite. Lower LearningRate.");

    // x ← x · s + μ, flow after flow, from noise; all [B, T].
    private (Tensor X, Tensor Mean, Tensor Scale) Sound(SoundPiece piece, RandomStream random)
    {
        long count = piece.Levels.numel();
        Tensor x = tensor(Enumerable.Range(0, (int)count).Select(_ => StudentSound.Noise(random)).ToArray()).clone().view(piece.Levels.shape);
        Tensor mean = zeros_like(x), logScale = zeros_like(x);
        for (int flow = 0; flow < _flows.Length; flow++)
        {
            Tensor input = cat([TeacherLoss.Before(x).unsqueeze(2), piece.Frames], 2); // [B, T, 1 + K]
            Tensor output = _flows[flow].Forward(input, TorchPass.Scoring with { Beside = piece.Static });
            Tensor shift = output.select(2, 0);
            Tensor log = output.select(2, 1).Add(flow == 0 ? StudentFlow.FirstLog : 0).Clamp(StudentFlow.LeastLog, StudentFlow.LargestLog);
            Tensor factor = log.exp();
            (x, mean, logScale) = ((x * factor).Add(shift), (mean * factor).Add(shift), logScale.Add(log));
        }

        return (x, mean, logScale.exp());
    }

    private Weights Weights()
    {
        var all = new Weights();
        for (int flow = 0; flow < _flows.Length; flow++)
        {
            foreach (Weight weight in _flows[flow].ReadWeights())
                all.Add(weight with { Name = ParallelWaveNetModel.Name(flow, weight.Name) });
        }

        return all;
    }

    private readonly record struct StepLosses(double Divergence, double Power, double Entropy);
}

using System.Globalization;
using MLNet.Sequence;
using MLNet.Sequence.Bench;
using MLNet.Sequence.Bench.KnownTruth;
using MLNet.Sequence.Bench.Tables;

// Exit code 0: all figures agree, or the data is absent, which was reported; 1: a figure differs; 2: unknown command.
return args switch
{
    ["m4-metrics"] => M4Metrics.Run(),
    ["m4-intervals"] => M4Intervals.Run(),
    ["classic-series"] => ClassicSeries.Run(new Linear(), seasonsBack: 0),
    ["classic-series", var name] => ClassicSeries.Run(Architecture.FromName(name), seasonsBack: 0),
    ["classic-series", var name, "validation"] => ClassicSeries.Run(Architecture.FromName(name), seasonsBack: 2),
    ["m4-trees", .. var frequencies] => M4Trees.Run(frequencies),
    ["many-series"] => ManySeries.Run(),
    ["many-series-child", var series, var part] => ManySeries.Child(series, part),
    ["first-forecast"] => FirstForecast.RunAll(),
    ["first-forecast-child", var way, var folder] => FirstForecast.Child(way, folder),
    ["streams", .. var before] => Streams.Run([.. before.Select(text => double.Parse(text, CultureInfo.InvariantCulture))]),
    ["ett-baselines"] => EttBaselines.Run(),
    ["loop-speed"] => new TrainingSpeed("loop-speed", new Lstm { HiddenSize = 64 }, inputs => HandMade.Lstm(inputs, 64), 96)
    { Rows = 8_000 }.Reaches(0.95) ? 0 : 1,
    ["lstm-training"] => new TrainingSpeed("lstm-training", new Lstm { HiddenSize = 128 }, inputs => HandMade.Lstm(inputs, 128), 128)
        .Reaches(1) ? 0 : 1,
    ["training-speed", .. var rest] => TrainingTable.Run(rest),
    ["mpi"] => MpiSpeed.Run(),
    ["mpi-child"] => MpiSpeed.Child(),
    ["cold-load"] => ColdLoad.Run(),
    ["cold-load-child", var path] => ColdLoad.Child(path, Console.Out),
    ["loop-memory"] => LoopMemory.Run(),
    ["managed-step"] => ManagedStep.Run(),
    ["managed-sequence"] => ManagedSequence.Run(),
    ["scoring"] => ScoringSpeed.RunAll(100_000),
    ["scoring", var windows] => ScoringSpeed.RunAll(int.Parse(windows, System.Globalization.CultureInfo.InvariantCulture)),
    ["min-gru-step"] => MinGruStep.Run(),
    ["recurrent-kernels", .. var rest] => KernelTable.Run(rest),
    ["scan-kernels"] => ScanKernels.Run(),
    ["tcn-step"] => new StepAgainstField("tcn-step", new Tcn { Channels = 32, Levels = 6, KernelSize = 3 }, inputs: 8).Run(onnxAim: 20),
    ["wave-net-generation"] => new StepAgainstField(
        "wave-net-generation", new WaveNet { Channels = 32, SkipChannels = 32, Cycles = 3, Levels = 10 }, inputs: 1).Run(torchAim: 100),
    ["certificate-search", .. var rest] => CertificateSearchRun.Run(rest),
    ["fuzz", .. var rest] => Fuzz.Run(rest),
    ["stability-mutants", .. var rest] => StabilityMutants.Run(rest),
    ["known-truth", .. var rest] => KnownTruth.Run(rest),
    ["byte-pairs"] => BytePairs.Run(),
    ["projection"] => ProjectionStep.Run(),
    ["gc-stress", .. var rest] => GcStress.Run(rest),
    ["ten-million-rows"] => TenMillionRows.Run(),
    ["truncated-training"] => TruncatedTraining.Run(),
    ["parallel-over-time"] => ParallelOverTime.Run(false, true),
    ["parallel-over-time", "training"] => ParallelOverTime.Run(true),
    ["parallel-over-time", "newton"] => NewtonOverTime.Run(),
    ["parallel-over-time", "memory"] => SweepMemory.Run(),
    ["stability-curves"] => StabilityCurves.Run(),
    ["forgetting", "adding"] => Forgetting.Adding(),
    ["forgetting", "copy"] => Forgetting.Copying(),
    ["forgetting", "by-length"] => Forgetting.ByLength(),
    ["table", var row] => TableRows.Run(row, limit: null),
    ["table", var row, var minutes] => TableRows.Run(row, TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture))),
    ["ett-validation", var set, var horizon, .. var candidates] => Ett.Validate(set, int.Parse(horizon, CultureInfo.InvariantCulture), candidates),
    ["ett-trees", var set, .. var horizons] => EttTrees.Run(set, [.. horizons.Select(text => int.Parse(text, CultureInfo.InvariantCulture))]),
    ["m4-validation", var frequency, .. var candidates] => M4.Validate(frequency == "hourly", candidates),
    ["device-steps", var device, var workloads, var size] => DeviceSteps.Run(device, workloads, size),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        Usage: dotnet run --project bench/MLNet.Sequence.Bench -c Release -- COMMAND

          m4-metrics     sMAPE and MASE of the M4 benchmark forecasts, compared with the published scores
          m4-intervals   coverage and CRPS of conformal intervals on M4 Hourly, of a network and of the seasonal naive forecast
          m4-trees       M4 Hourly and Weekly by LightGBM and FastTree over lags
          ett-trees SET HORIZON …  ETTh1 or ETTm1 by LightGBM and FastTree over lags
          ett-validation SET HORIZON [NAME …], m4-validation hourly|weekly [NAME …]
                         the validation figures of candidates of the tables' rows
          many-series    a backtest of 414 series from 50 origins in one pass, and of ten times as many: time and memory
          first-forecast a fresh process that loads a model and forecasts: in plain C#, by an engine, as a table
          streams [NS …] a step of a session, of the sizes of a first user's stream; NS: nanoseconds at another commit, for the ratios
          classic-series [ARCHITECTURE [validation]]  MASE of five classic series by one call with defaults, next to seasonal naive, Theta and trees over lags
          ett-baselines  naive and seasonal naive on ETTh1, compared with independently measured scores
          loop-speed     samples per second through Fit, divided by those of the same model written by hand in TorchSharp
          lstm-training  the same with hidden 128 and context 128
          training-speed [ROW …]  training through Fit with all cores, compared with the same networks by hand in TorchSharp
          mpi            training on two ranks over Open MPI, compared with one rank
          cold-load      a fresh process that loads a model and forecasts in plain C#, compared with an empty one
          loop-memory    resident memory after epoch 50 divided by that after epoch 2, and live tensors
          managed-step   one step of an LSTM in plain C#, compared with ONNX Runtime and TorchSharp
          managed-sequence  sequences through an LSTM in plain C#, one alone and 64 together, compared with ONNX Runtime and TorchSharp
          scoring [WINDOWS]  forecasts of 100,000 windows through Transform, compared with the same networks by hand in TorchSharp
          min-gru-step   a training step of a minGRU, compared with TorchSharp's nn.GRU
          recurrent-kernels [lstm|gru|rnn [BATCH]]  a training step in this library's kernels, compared with libtorch's: the table of docs/performance-tables.md
          scan-kernels   scans and causal convolutions in this library's kernels, compared with libtorch's: the tables of docs/performance-tables.md
          tcn-step       one step of a TCN in plain C#, compared with the whole receptive field through ONNX Runtime and TorchSharp
          wave-net-generation  one step of a WaveNet in plain C#, compared with the whole receptive field through ONNX Runtime and TorchSharp
          certificate-search [--cases N]  tries to break the proved bounds of memory, 100,000 times
          gc-stress [--minutes N]  fits and scoring by libtorch while other threads allocate and collect, for 20 minutes: none may fail
          fuzz [--count N] [--seed N] [--first N]  reads 100,000 changed files of models, sessions and checkpoints: each refused or used
                         correctly, within 1 s and 200 MB
          stability-mutants [--only TEXT]  plants faults in the code of the proofs and shows which tests catch them
          known-truth [ROW [SEED]]  statements of a comparison about processes whose truth is known; rows that have run are kept
          byte-pairs     the time to learn 8,000 byte pairs from 29,000 sentences, and to read these; every sentence must come back
          projection     a training step of stable layers, compared with the same layers without their projection
          truncated-training  a stable RNN trained on its last k steps, compared with full training; draws bench/truncated-training.png
          parallel-over-time [training|newton|memory]  a recurrent layer for all steps at once, compared with nn.RNN, 256 to 65,536 steps;
                         by Newton's method, compared with step by step; the memory of its sweeps
          table ROW [MINUTES]  trains a row of a published table and writes bench/results/ROW.json; the rows are listed in bench/README.md
          forgetting adding|copy|by-length  what a stable RNN must forget: the report of a comparison, and the error by the problem's length
          stability-curves  draws bench/stability-sweep.png and bench/memory-horizon.png from the rows of bench/results
          device-steps DEVICE WORKLOADS SIZE  training steps and scoring on cpu or cuda, for bench/gpu
          ten-million-rows  memory of a series of ten million rows, and the share of training time for the data

        M4 is read from the subfolder m4 of the folder that the environment variable SEQUENCE_DATA names
        (default: ../shared/data next to the repository).
        """);
    return 2;
}

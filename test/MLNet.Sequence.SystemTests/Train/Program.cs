using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML;
using MLNet.Sequence;
using MLNet.Sequence.SystemTests.Train;

// Trains one of the jobs on the ranks that mpirun started, and writes the weights and the epochs of each rank.
// Arguments: JOB FILE, and any of the settings below, as name=value.
Dictionary<string, string> settings = args[2..].Select(arg => arg.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
int? RankOf(string setting) => settings.TryGetValue(setting, out string? rank) ? int.Parse(rank, CultureInfo.InvariantCulture) : null;

using Mpi cluster = Mpi.Start();
Console.WriteLine($"rank {cluster.Rank} of {cluster.Size} is process {Environment.ProcessId}");
Faults.CatchNullReference();
if (RankOf("throws") == cluster.Rank)
    throw new InvalidDataException("This rank has no data.");
if (RankOf("leaves") == cluster.Rank)
    return;
if (RankOf("sends") == cluster.Rank)
    cluster.Send(0, new byte[100]);

var ml = new MLContext(seed: 7);
ml.Log += (_, line) => Console.WriteLine(line.Message);
TrainingOptions options = Jobs.Options(args[0]) with
{
    Cluster = settings.ContainsKey("alone") ? null : cluster,
    Threads = RankOf("threads"),
    Clock = RankOf("fails") == cluster.Rank ? new FailingClock() : TimeProvider.System,
    Progress = settings.ContainsKey("pauses") ? new Pause(epoch: 2) : null,
    Checkpoints = settings.TryGetValue("checkpoints", out string? folder)
        ? new CheckpointOptions { Directory = folder, Every = TimeSpan.FromTicks(1), Keep = 1_000 } : null,
    ResumeFrom = settings.GetValueOrDefault("resume"),
};
SequenceModel model = Jobs.Train(args[0], ml, options);

var epochs = new StringBuilder(model.Report.StoppedBecause);
foreach (EpochReport epoch in model.Report.Epochs)
    epochs.Append(CultureInfo.InvariantCulture, $"\n{epoch.Loss:R} {epoch.ValidationLoss:R} {epoch.GradientNorm:R}");
File.WriteAllBytes($"{args[1]}.{cluster.Rank}", [.. MemoryMarshal.AsBytes<float>(model.Weights.SelectMany(weight => weight.Values).ToArray())]);
File.WriteAllText($"{args[1]}.{cluster.Rank}.txt", epochs.ToString());

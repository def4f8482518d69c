using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
[OSCondition(OperatingSystems.Linux)]
[SupportedOSPlatform("linux")]
public sealed class TorchRuntimeTests
{
    private const string Sum = "sum: 49.5";

    private static readonly byte[] Relaxed = ElfVersionNeeds.Weaken(BridgeFile.Read(), RelaxedBridge.Version);

    [TestMethod]
    public void Where_the_plain_load_works_nothing_is_written()
    {
        using var program = new LoadingProgram();
        program.AddLibTorch();
        program.AddBridge(Relaxed);
        AssertSucceeds(program.Run("load\nsum"), Sum);
        Assert.IsEmpty(program.Written);
    }

    [TestMethod]
    public void Where_the_plain_load_fails_for_the_known_version_alone_a_copy_in_the_cache_serves()
    {
        using var program = new LoadingProgram();
        program.AddLibTorch();
        program.AddBridge(BridgeFile.Read());
        AssertSucceeds(program.Run("load\nsum\nloaded libLibTorchSharp.so"), Sum);
        if (SystemHasTheVersion())
        {
            Assert.IsEmpty(program.Written);
            return;
        }
        var copy = program.Written.Single();
        CollectionAssert.AreEqual(Relaxed, File.ReadAllBytes(copy));

        File.WriteAllBytes(copy, Relaxed[..5000]);
        AssertSucceeds(program.Run("load\nsum\nloaded libLibTorchSharp.so"), Sum, $"loaded: {copy}");
        CollectionAssert.AreEqual(Relaxed, File.ReadAllBytes(copy));
    }

    [TestMethod]
    public void An_unusable_cache_folder_is_replaced_by_one_in_the_temporary_folder()
    {
        using var program = new LoadingProgram();
        program.AddLibTorch();
        program.AddBridge(BridgeFile.Read());
        File.WriteAllText(program.Cache, "");
        AssertSucceeds(program.Run("load\nsum"), Sum);
        Assert.HasCount(SystemHasTheVersion() ? 0 : 1, program.Written);
    }

    [TestMethod]
    public void A_libtorch_of_other_programs_packages_is_used_and_the_package_to_reference_is_named()
    {
        using var program = new LoadingProgram();
        program.AddBridge(Relaxed);
        string folder = program.AddPackage();
        AssertSucceeds(program.Run("load\nsum"), Sum, $"warning: libtorch was taken from {folder}", "Reference TorchSharp-cpu 0.107.0");
    }

    [TestMethod]
    public void Without_libtorch_the_error_names_the_file_the_reason_and_the_packages()
    {
        using var program = new LoadingProgram();
        program.AddBridge(Relaxed);
        AssertFails(program.Run("load"), "TorchLoadException", "libLibTorchSharp.so", "libtorch.so: cannot open shared object file",
            "TorchSharp-cpu, TorchSharp-cuda-linux and TorchSharp-cuda-windows", "0.107.0");
        Assert.IsEmpty(program.Written);
    }

    [TestMethod]
    public void Without_TorchSharps_library_the_error_names_it_and_the_folders_searched()
    {
        using var program = new LoadingProgram();
        program.AddLibTorch();
        AssertFails(program.Run("load"), "TorchLoadException", "libLibTorchSharp.so", "none of the folders searched", program.Application, "TorchSharp-cpu");
    }

    [TestMethod]
    public void A_truncated_library_is_an_error_that_names_it_and_leaves_nothing_behind()
    {
        using var program = new LoadingProgram();
        program.AddLibTorch();
        var half = BridgeFile.Read()[..1_000_000];
        program.AddBridge(half);
        AssertFails(program.Run("load\nload"), "TorchLoadException", Path.Combine(program.Application, "libLibTorchSharp.so"), "truncated");
        Assert.IsEmpty(program.Written);
        CollectionAssert.AreEqual(half, File.ReadAllBytes(Path.Combine(program.Application, "libLibTorchSharp.so")));
    }

    [TestMethod]
    public void A_chosen_libtorch_is_used_instead_of_a_package()
    {
        using var program = new LoadingProgram();
        program.AddBridge(BridgeFile.Read());
        var directory = program.LibTorch("chosen", "2.10.0+cpu");
        var run = program.Run($"use {directory}\nload\nsum\nloaded libtorch_cpu.so");
        AssertSucceeds(run, Sum);
        Assert.DoesNotContain("warning:", run.Output);
    }

    [TestMethod]
    public void A_chosen_libtorch_of_another_version_is_a_warning_that_names_both()
    {
        using var program = new LoadingProgram();
        program.AddBridge(BridgeFile.Read());
        program.LibTorch("chosen", "2.9.1+cu126");
        var directory = Path.Combine(Path.GetDirectoryName(program.Application)!, "chosen");
        AssertSucceeds(program.Run("load\nsum", ("MLNET_SEQUENCE_LIBTORCH", directory)), Sum, "warning: libtorch 2.9.1+cu126", "libtorch 2.10.0");
    }

    [TestMethod]
    public void A_plugin_host_that_looks_up_libraries_itself_gets_advice()
    {
        using var program = new LoadingProgram();
        program.AddLibTorch();
        program.AddBridge(BridgeFile.Read());
        string natives = Directory.CreateDirectory(Path.Combine(program.Application, "plugin")).FullName;
        File.WriteAllText(Path.Combine(natives, "libLibTorchSharp.so"), "no library");
        AssertFails(program.Run($"plugin {natives}"), "TorchLoadException", "load context 'reports'", "LoadUnmanagedDll return IntPtr.Zero",
            "AssemblyLoadContext.Default");
        AssertSucceeds(program.Run($"plugin {program.Application}/none"));
    }

    [TestMethod]
    public void A_folder_without_libtorch_is_an_error_that_lists_the_files()
    {
        using var program = new LoadingProgram();
        AssertFails(program.Run("load", ("MLNET_SEQUENCE_LIBTORCH", program.Application)),
            "FileNotFoundException", "libc10.so, libtorch_cpu.so, libtorch.so");
    }

    [TestMethod]
    public void A_chosen_library_that_cannot_be_loaded_is_named()
    {
        using var program = new LoadingProgram();
        program.AddBridge(BridgeFile.Read());
        var directory = program.LibTorch("chosen", "2.10.0");
        File.Delete(Path.Combine(directory, "libc10.so"));
        File.WriteAllText(Path.Combine(directory, "libc10.so"), "no library");
        AssertFails(program.Run($"use {directory}\nload"), "TorchLoadException", Path.Combine(directory, "libc10.so"), "TorchSharp-cpu");
    }

    [TestMethod]
    public void A_libtorch_that_lacks_what_TorchSharp_needs_is_an_error_and_not_a_crash()
    {
        using var program = new LoadingProgram();
        program.AddBridge(WithForeignFunction(BridgeFile.Read()));
        var directory = program.LibTorch("chosen", "2.7.1");
        AssertFails(program.Run($"use {directory}\nload\nload"), "TorchLoadException", "undefined symbol", "2.7.1", "2.10.0");
        Assert.IsEmpty(program.Written);
    }

    [TestMethod]
    public void A_chosen_libtorch_in_addition_to_the_programs_own_is_refused_before_anything_is_loaded()
    {
        using var program = new LoadingProgram();
        program.AddLibTorch();
        program.AddBridge(Relaxed);
        var directory = program.LibTorch("chosen", "2.10.0");
        var run = program.Run($"use {directory}\nload\nloaded libc10.so");
        AssertFails(run, "TorchLoadException", Path.Combine(program.Application, "libtorch_cpu.so"), directory, "TorchSharp-cpu");
        Assert.DoesNotContain("loaded: /", run.Output);
    }

    [TestMethod]
    public void The_programs_own_libtorch_may_be_chosen()
    {
        using var program = new LoadingProgram();
        program.AddLibTorch();
        program.AddBridge(BridgeFile.Read());
        AssertSucceeds(program.Run($"use {program.Application}\nload\nsum"), Sum);
    }

    [TestMethod]
    public void A_library_that_bears_another_name_inside_itself_is_refused()
    {
        using var program = new LoadingProgram();
        program.AddBridge(Relaxed);
        var directory = program.LibTorch("chosen", "2.10.0");
        var library = File.ReadAllBytes(Path.Combine(directory, "libc10.so"));
        library[library.AsSpan().IndexOf("\0libc10.so\0"u8) + 6] = (byte)'9';
        File.Delete(Path.Combine(directory, "libc10.so"));
        File.WriteAllBytes(Path.Combine(directory, "libc10.so"), library);
        AssertFails(program.Run($"use {directory}\nload"), "TorchLoadException", "libc10.so", "SONAME");
    }

    [TestMethod]
    public void After_a_chosen_folder_failed_another_may_be_chosen()
    {
        using var program = new LoadingProgram();
        program.AddBridge(BridgeFile.Read());
        var broken = program.LibTorch("broken", "2.10.0");
        File.Delete(Path.Combine(broken, "libc10.so"));
        File.WriteAllText(Path.Combine(broken, "libc10.so"), "no library");
        var run = program.Run($"use {broken}\nload\nload\nuse {program.LibTorch("whole", "2.10.0")}\nload\nsum");
        AssertFails(run, "TorchLoadException", Sum);
    }

    [TestMethod]
    public void Choosing_a_libtorch_after_one_is_loaded_is_an_error()
    {
        using var program = new LoadingProgram();
        program.AddLibTorch();
        program.AddBridge(Relaxed);
        AssertFails(program.Run($"load\nuse {program.Application}\nsum"), "InvalidOperationException", "libtorch is already loaded", Sum);
    }

    [TestMethod]
    public void In_this_process_a_late_choice_is_refused_and_loading_again_does_nothing()
    {
        TorchRuntime.EnsureLoaded();
        TorchRuntime.EnsureLoaded();
        Assert.ThrowsExactly<InvalidOperationException>(() => TorchRuntime.Use(AppContext.BaseDirectory));
    }

    private static bool SystemHasTheVersion() => NativeLibrary.TryLoad(BridgeFile.Path, out _);

    // Gives one of the functions that the library imports from libtorch a name that does not exist.
    private static byte[] WithForeignFunction(byte[] file)
    {
        var name = file.AsSpan().IndexOf("_ZN2at4_ops"u8);
        Assert.IsGreaterThan(0, name);
        file[name + 6] = (byte)'X';
        return file;
    }

    private static void AssertSucceeds((int ExitCode, string Output) run, params ReadOnlySpan<string> expected)
    {
        Assert.AreEqual(0, run.ExitCode, run.Output);
        foreach (var text in expected)
            Assert.Contains(text, run.Output);
    }

    private static void AssertFails((int ExitCode, string Output) run, params ReadOnlySpan<string> expected)
    {
        Assert.IsInRange(1, 2, run.ExitCode, run.Output);
        foreach (var text in expected)
            Assert.Contains(text, run.Output);
    }
}

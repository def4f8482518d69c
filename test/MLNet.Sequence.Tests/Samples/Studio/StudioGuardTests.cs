using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Studio;

namespace MLNet.Sequence.Tests.Samples.Studio;

/// <summary>Who may use the studio, and what it reads and writes.</summary>
[TestClass]
public sealed class StudioGuardTests
{
    [TestMethod]
    public async Task Only_an_address_with_the_key_is_answered()
    {
        using var studio = new StudioClient();
        string own = studio.Address.GetLeftPart(UriPartial.Authority), key = studio.Address.AbsolutePath.Trim('/');
        Assert.IsGreaterThanOrEqualTo(40, key.Length);
        Assert.AreEqual(HttpStatusCode.OK, await Status(studio, studio.Address.AbsoluteUri));
        Assert.AreEqual(HttpStatusCode.OK, await Status(studio, $"{studio.Address}pages/app.js"));
        Assert.AreEqual(HttpStatusCode.OK, await Status(studio, $"{studio.Address}api/files"));
        foreach (string address in new[] { $"{own}/", $"{own}/api/files", $"{own}/pages/app.js", $"{own}/{key}",
            $"{own}/{new string('0', key.Length)}/api/files", $"{own}/{key[..^1]}/api/files", $"{own}//api/files",
            $"{own}/x{studio.Address.AbsolutePath}api/files" })
            Assert.AreEqual(HttpStatusCode.NotFound, await Status(studio, address), address);
    }

    [TestMethod]
    public async Task The_key_differs_from_start_to_start()
    {
        using var studio = new StudioClient();
        string before = studio.Address.AbsolutePath;
        studio.Restart();
        Assert.AreNotEqual(before, studio.Address.AbsolutePath);
        Assert.AreEqual(HttpStatusCode.NotFound, await Status(studio, studio.Address.GetLeftPart(UriPartial.Authority) + before));
    }

    [TestMethod]
    public async Task A_name_that_is_rebound_to_this_computer_is_refused()
    {
        using var studio = new StudioClient();
        foreach (string host in new[] { "evil.example", $"evil.example:{studio.Address.Port}", "127.0.0.1.evil.example", "192.168.0.7",
            "localhost.evil.example" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(studio.Address, "api/files")) { Headers = { Host = host } };
            Assert.AreEqual(HttpStatusCode.Forbidden, (await studio.Http.SendAsync(request)).StatusCode, host);
        }

        foreach (string host in new[] { $"localhost:{studio.Address.Port}", $"127.0.0.1:{studio.Address.Port}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(studio.Address, "api/files")) { Headers = { Host = host } };
            Assert.AreEqual(HttpStatusCode.OK, (await studio.Http.SendAsync(request)).StatusCode, host);
        }
    }

    [TestMethod]
    public async Task Pages_of_other_sites_cannot_post()
    {
        using var studio = new StudioClient();
        foreach (string origin in new[] { "http://evil.example", "null", $"https://127.0.0.1:{studio.Address.Port}", "http://127.0.0.1:1" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(studio.Address, "api/samples/ETTh1.csv.gz"));
            request.Headers.Add("Origin", origin);
            Assert.AreEqual(HttpStatusCode.Forbidden, (await studio.Http.SendAsync(request)).StatusCode, origin);
        }

        Assert.IsEmpty(studio.Entries);
    }

    [TestMethod]
    public void Only_this_computer_can_connect()
    {
        using var studio = new StudioClient();
        IPAddress[] others = [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses)
            .Select(one => one.Address).Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))];
        foreach (IPAddress address in others)
        {
            using var client = new TcpClient();
            Assert.ThrowsExactly<SocketException>(() => client.Connect(address, studio.Address.Port), address.ToString());
        }

        Assert.IsTrue(studio.Address.IsLoopback);
    }

    [TestMethod]
    public async Task A_page_may_load_its_own_parts_alone()
    {
        using var studio = new StudioClient();
        HttpResponseMessage page = await studio.Http.GetAsync(studio.Address);
        string policy = string.Join(';', page.Headers.GetValues("Content-Security-Policy"));
        StringAssert.Contains(policy, "default-src 'none'");
        StringAssert.Contains(policy, "script-src 'self'");
        Assert.AreEqual("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        string html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotContain("http://", html);
        Assert.DoesNotContain("https://", html);
    }

    [TestMethod]
    public async Task No_file_outside_the_folder_is_read()
    {
        using var studio = new StudioClient();
        string outside = Path.Combine(Path.GetTempPath(), $"outside-{Guid.NewGuid():N}.csv");
        File.WriteAllText(outside, "secret\n1\n");
        try
        {
            foreach (string name in new[] { outside, $"../{Path.GetFileName(outside)}", $"..\\{Path.GetFileName(outside)}",
                "a/../b.csv", ".hidden.csv", $"{outside}.parquet", "../x.parquet", ".x.arrow", "x.parquet/../y.csv",
                "studio-runs/studio.lock", "x.parquet.exe", "/etc/passwd", "file.exe", "", "studio-runs/x.csv", "a\u0000.csv", new string('a', 300) + ".csv" })
            {
                string problem = await studio.Refused(HttpMethod.Get, $"api/data?file={Uri.EscapeDataString(name)}");
                Assert.DoesNotContain("secret", problem);
            }

            if (!OperatingSystem.IsWindows())
            {
                File.CreateSymbolicLink(studio.Files.Path("link.csv"), outside);
                StringAssert.Contains(await studio.Refused(HttpMethod.Get, "api/data?file=link.csv"), "'link.csv' is a link");
                Assert.AreEqual(0, (await studio.Get("api/files")).GetProperty("files").GetArrayLength());
            }
        }
        finally
        {
            File.Delete(outside);
        }
    }

    [TestMethod]
    public async Task No_file_outside_the_folder_is_written_and_none_in_it_is_replaced()
    {
        using var studio = new StudioClient();
        string above = Path.GetDirectoryName(studio.Files.Folder)!, name = $"up-{Guid.NewGuid():N}.csv";
        foreach (string path in new[] { $"..%2F{name}", $"%2Ftmp%2F{name}", $"..%5C{name}", $".{name}", "run.json",
            "..%2Fx.parquet", ".x.parquet", "studio-runs%2Fx.arrow", "studio.lock" })
        {
            HttpResponseMessage answer = await studio.Http.PostAsync(new Uri(studio.Address, $"api/files/{path}"), new StringContent("a\n1\n"));
            Assert.AreEqual(HttpStatusCode.BadRequest, answer.StatusCode, path);
        }

        Assert.IsFalse(File.Exists(Path.Combine(above, name)));
        Assert.IsEmpty(studio.Entries);
        studio.Files.Write("mine.csv", "a\n1\n");
        HttpResponseMessage uploaded = await studio.Http.PostAsync(new Uri(studio.Address, "api/files/mine.csv"), new StringContent("a\n2\n"));
        StringAssert.Contains(await uploaded.Content.ReadAsStringAsync(), "mine (2).csv");
        Assert.AreEqual("a\n1\n", File.ReadAllText(studio.Files.Path("mine.csv")));
        Assert.AreEqual("a\n2\n", File.ReadAllText(studio.Files.Path("mine (2).csv")));
        CollectionAssert.AreEqual(new[] { "mine (2).csv", "mine.csv" }, studio.Entries);
    }

    [TestMethod]
    public void Two_studios_do_not_share_a_folder()
    {
        using var studio = new StudioClient();
        UserError refused = Assert.ThrowsExactly<UserError>(() => StudioServer.Start(new StudioFolder(studio.Files.Folder), 0).Dispose());
        StringAssert.Contains(refused.Message, "--folder: another studio works in");
        // The first one goes on, and its folder is free when it has ended.
        studio.Restart();
    }

    [TestMethod]
    public async Task Runs_and_models_are_found_by_their_names_alone()
    {
        using var studio = new StudioClient();
        foreach (string path in new[] { "api/runs/..%2F..", "api/runs/x/answer", "api/runs/..%2Fx/models/a", "api/runs/x/report" })
            StringAssert.Contains(await studio.Refused(HttpMethod.Get, path), "no such run");
        StringAssert.Contains(await studio.Refused(HttpMethod.Delete, "api/runs/..%2F.."), "no such run");
        foreach (string page in new[] { "pages/..%2Fapp.js", "pages/none.js", "pages/Cli.cs" })
            Assert.AreEqual(HttpStatusCode.NotFound, await Status(studio, studio.Address + page), page);
        Assert.IsTrue(Directory.Exists(studio.Files.Folder));
    }

    private static async Task<HttpStatusCode> Status(StudioClient studio, string address) => (await studio.Http.GetAsync(new Uri(address))).StatusCode;
}
